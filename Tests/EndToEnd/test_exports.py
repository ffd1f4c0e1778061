"""Exports as an operator gets them: read again by Python's csv, lxml and openpyxl, equal to what the lists show."""

import csv
import subprocess
import unicodedata
from pathlib import Path

import pytest
from latchkey.clients import HelpdeskClient
from latchkey.company import ADA, OLIVIA
from latchkey.installation import REPOSITORY, Installation
from latchkey.waiting import until

FORMATS = ["csv", "xml", "xlsx"]
READER = REPOSITORY / "Tests/Kit/read-export.py"
HOSTILE = [
    "=HYPERLINK(\"http://example.org\",\"x\")", "+1 Person", "-2 Person", "@SUM(A1)", "＝1", " =1", "'=1", "O'Brien", "<b> & \"c\"",
    "]]>", "שלום עולם", "e\u0301\u0302 Person", "_x0041_", "😀 Person", "a, b; c", "x" * 128,
]


def read(kind: str, content: bytes, folder: Path) -> list[list[str]]:
    """The rows of a file, the heading of CSV and XLSX left out."""
    file = folder / f"export.{kind}"
    file.write_bytes(content)
    done = subprocess.run(
        ["/usr/bin/python3", "-X", "utf8", READER, kind, file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    rows = [[bytes.fromhex(cell).decode() for cell in line.split(",")] for line in done.stdout.splitlines()]
    return rows if kind == "xml" else rows[1:]


def everybody(operator: HelpdeskClient, **query: str) -> list[dict]:
    found, cursor = [], None
    while True:
        page = operator.users(limit=1000, **query, **({"cursor": cursor} if cursor else {})).expect(200)
        found += page["users"]
        cursor = page.json.get("nextCursor")
        if cursor is None:
            return found


@pytest.fixture(scope="module")
def hostile(golden: Installation, tmp_path_factory: pytest.TempPathFactory):
    """The sample company with people whose names are made to harm whoever opens an export."""
    own = Installation(golden.programs, tmp_path_factory.mktemp("hostile") / "latchkey").copied_from(golden)
    people = tmp_path_factory.mktemp("people") / "people.csv"
    with people.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow("login,displayName,firstName,lastName,mail,mobile,container,password,passwordAgeDays,groups,state"
                      .split(","))
        for number, name in enumerate(HOSTILE):
            rows.writerow([f"hostile.{number}", name, "Hostile", "Person", "", "", "Guests", "Sample-quartz-lantern-77!", "3",
                           "", ""])
    done = own.command("store", "import", "staff", str(people), "--folder", str(own.folder))
    assert done.returncode == 0, done.stderr
    try:
        own.start()
        operator = HelpdeskClient(own.helpdesk.url).sign_in(*OLIVIA)
        until("everybody is in the index", lambda: len(everybody(operator, q="Hostile")) == len(HOSTILE))
        yield operator
    finally:
        own.stop()


@pytest.mark.parametrize("kind", FORMATS)
def test_users_are_exported_as_the_list_shows_them(hostile: HelpdeskClient, kind: str, tmp_path: Path):
    """X1, IN-06"""
    answer = hostile.post("/v1/users/exports", {"format": kind}).expect(200)
    name = answer.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="latchkey-users-20') and name.endswith(f'.{kind}"')
    rows, listed = read(kind, answer.content, tmp_path), everybody(hostile)
    assert [row[0] for row in rows] == [user["name"] for user in listed]
    # The store keeps names in one form, without spaces at their ends.
    assert {unicodedata.normalize("NFC", name).strip() for name in HOSTILE} <= {row[0] for row in rows}
    for row, user in zip(rows, listed):
        assert row[1] == f"{user['store']['name']} ({user['store']['domain']})"
        assert row[2] == ("Yes" if user["locked"] else "No")
        words = {"never": "Never Expires", "unknown": "Unknown"}
        assert row[3] == words.get(user["passwordExpires"], user["passwordExpires"])
        assert row[5] == "Not Enrolled" or user["enrolledWith"]


def test_ticked_users_and_a_listing_with_ticks_taken_away_are_exported(hostile: HelpdeskClient, tmp_path: Path):
    """X1, E3"""
    listed = everybody(hostile, q="Hostile")
    ticked = [user["id"] for user in listed[:3]]
    answer = hostile.post("/v1/users/exports", {"format": "csv", "users": ticked}).expect(200)
    assert [row[0] for row in read("csv", answer.content, tmp_path)] == [user["name"] for user in listed[:3]]
    body = {"format": "csv", "filter": {"q": "Hostile"}, "except": ticked}
    answer = hostile.post("/v1/users/exports", body).expect(200)
    assert [row[0] for row in read("csv", answer.content, tmp_path)] == [user["name"] for user in listed[3:]]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_history_is_exported_as_the_list_shows_it(services: Installation, kind: str, tmp_path: Path):
    """H3, OP-06"""
    admin = HelpdeskClient(services.helpdesk.url).sign_in(*ADA)
    until("a sign-in in the history", lambda: admin.history(kind="signIn").expect(200)["events"])
    answer = admin.post("/v1/history/exports", {"format": kind, "filter": {"kind": ["signIn"]}}).expect(200)
    rows = read(kind, answer.content, tmp_path)
    assert rows and all(row[1] == "signIn" for row in rows)
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), reverse=True)
    exports = admin.history(kind="export", limit=10).expect(200)["events"]
    assert any(event["outcome"] == "success" and event["detail"].get("rows") == len(rows) for event in exports)
