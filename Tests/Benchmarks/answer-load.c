/* The load of benchmark B1: one TOTP answer for each line of a file, once, over a number of keep-alive connections. It
 * counts the answers that say {"ok":true and shows the first one that does not.
 *
 * answer-load PORT CONNECTIONS REQUESTS HEADERS
 *
 * REQUESTS: the number of the first 30-second step, then a line an account: its verification and its codes for that
 * step and the following ones. HEADERS: header lines sent with each request. Prints one line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 8, DEADLINE_SECONDS = 90 };

struct account {
    char verification[65];
    char codes[STEPS][8];
};

struct connection {
    int socket;
    double sent_at;
    char answer[4096];
    size_t received;
};

static struct account *accounts;
static size_t account_count, next_account;
static long first_step;
static char headers[16384];
static double *latencies;
static size_t done, right;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "answer-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_files(const char *requests, const char *header_file)
{
    FILE *file = fopen(requests, "r");
    if (file == NULL || fscanf(file, "%ld", &first_step) != 1)
        die(requests);
    size_t room = 1024;
    accounts = malloc(room * sizeof *accounts);
    struct account line;
    while (fscanf(file, "%64s", line.verification) == 1) {
        for (int step = 0; step < STEPS; step++)
            if (fscanf(file, "%7s", line.codes[step]) != 1)
                die("a line is short");
        if (account_count == room)
            accounts = realloc(accounts, (room *= 2) * sizeof *accounts);
        accounts[account_count++] = line;
    }
    fclose(file);
    latencies = calloc(account_count, sizeof *latencies);
    file = fopen(header_file, "r");
    if (file == NULL)
        die(header_file);
    headers[fread(headers, 1, sizeof headers - 1, file)] = 0;
    fclose(file);
}

/* The code of the step the clock is in; the service also takes the one before. */
static const char *current_code(const struct account *account)
{
    long step = (long) (time(NULL) / 30) - first_step;
    if (step < 0 || step >= STEPS) {
        fprintf(stderr, "answer-load: the codes have run out\n");
        exit(1);
    }
    return account->codes[step];
}

static void send_next(struct connection *connection)
{
    if (next_account == account_count)
        return;
    const struct account *account = &accounts[next_account++];
    char request[20480], body[64];
    int size = snprintf(body, sizeof body, "{\"code\":\"%s\"}", current_code(account));
    int length = snprintf(
        request, sizeof request,
        "POST /v1/verifications/%s/authenticator/answer HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
        account->verification, size, headers, body);
    connection->received = 0;
    connection->sent_at = now();
    if (write(connection->socket, request, length) != length)
        die("write");
}

/* Whether the whole answer is there. */
static bool is_whole(struct connection *connection)
{
    connection->answer[connection->received] = 0;
    char *end = strstr(connection->answer, "\r\n\r\n");
    if (end == NULL)
        return false;
    char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    if (length == NULL || length > end)
        die("an answer without a length");
    size_t whole = end + 4 - connection->answer + strtoul(length + 17, NULL, 10);
    if (whole >= sizeof connection->answer)
        die("an answer that is too long");
    return connection->received >= whole;
}

static void receive(struct connection *connection)
{
    ssize_t count = read(
        connection->socket, connection->answer + connection->received,
        sizeof connection->answer - 1 - connection->received);
    if (count <= 0)
        die("a connection was closed");
    connection->received += count;
    if (!is_whole(connection))
        return;
    latencies[done++] = now() - connection->sent_at;
    if (strncmp(connection->answer, "HTTP/1.1 200 ", 13) == 0 && strstr(connection->answer, "{\"ok\":true,") != NULL)
        right++;
    else if (done - right == 1)
        fprintf(stderr, "answer-load: the first answer that is not right:\n%s\n", connection->answer);
    send_next(connection);
}

static int connected(unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int result = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(result, (struct sockaddr *) &address, sizeof address) != 0)
        die("connect");
    return result;
}

static int by_size(const void *left, const void *right_)
{
    double a = *(const double *) left, b = *(const double *) right_;
    return (a > b) - (a < b);
}

static void report(double seconds)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(latencies, done, sizeof *latencies, by_size);
    printf(
        "{\"requests\": %zu, \"right\": %zu, \"seconds\": %.4f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, "
        "\"load_cpu_seconds\": %.3f}\n",
        done, right, seconds, latencies[done / 2] * 1e3, latencies[done * 99 / 100] * 1e3, latencies[done - 1] * 1e3,
        cpu);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    read_files(argv[3], argv[4]);
    int count = atoi(argv[2]), set = epoll_create1(0);
    struct connection *connections = calloc(count, sizeof *connections);
    for (int i = 0; i < count; i++) {
        connections[i].socket = connected((unsigned short) atoi(argv[1]));
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        epoll_ctl(set, EPOLL_CTL_ADD, connections[i].socket, &event);
    }
    double start = now();
    for (int i = 0; i < count; i++)
        send_next(&connections[i]);
    while (done < account_count) {
        struct epoll_event events[64];
        int ready = epoll_wait(set, events, 64, 1000);
        for (int i = 0; i < ready; i++)
            receive(events[i].data.ptr);
        if (now() - start > DEADLINE_SECONDS) {
            fprintf(stderr, "answer-load: stopped after %d s\n", DEADLINE_SECONDS);
            break;
        }
    }
    if (done == 0)
        return 1;
    report(now() - start);
    return 0;
}
