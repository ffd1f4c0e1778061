/* The reference of benchmark B1: how often this disk makes a transaction durable when nothing else has to be done. The
 * same engine and settings as the service, one row of a history's size a change, singly and in groups.
 *
 * commit-loop FILE SECONDS GROUP...      prints a line of JSON for each group size
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *database;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void run(const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "commit-loop: %s: %s\n", sql, sqlite3_errmsg(database));
        exit(1);
    }
}

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        exit(1);
    return statement;
}

static void step(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        exit(1);
    sqlite3_reset(statement);
}

int main(int argc, char **argv)
{
    if (argc < 4 || sqlite3_open(argv[1], &database) != SQLITE_OK)
        return 2;
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    char text[401];
    memset(text, 'x', 400);
    text[400] = 0;
    sqlite3_stmt *begin = prepared("BEGIN IMMEDIATE"), *commit = prepared("COMMIT");
    sqlite3_stmt *insert = prepared("INSERT INTO row (text) VALUES (?)");
    sqlite3_bind_text(insert, 1, text, -1, SQLITE_STATIC);
    for (int i = 3; i < argc; i++) {
        int group = atoi(argv[i]);
        long commits = 0;
        double start = now(), seconds;
        do {
            step(begin);
            for (int row = 0; row < group; row++)
                step(insert);
            step(commit);
            commits++;
            seconds = now() - start;
        } while (seconds < atof(argv[2]));
        printf(
            "{\"group\": %d, \"commits_per_second\": %.0f, \"rows_per_second\": %.0f}\n", group, commits / seconds,
            commits * group / seconds);
    }
    return 0;
}
