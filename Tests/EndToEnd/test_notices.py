"""“Notify users to enroll” of the operators' manual: the whole result, one mail each by a real mail server, while the
service dies and comes back."""

import csv
import json
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from latchkey.clients import HelpdeskClient, new_key
from latchkey.company import OLIVIA, people
from latchkey.contract import checked
from latchkey.installation import Installation
from latchkey.mailbox import Mailbox
from latchkey.post import Post, words
from latchkey.waiting import until

NOTICES = "/v1/enrollment-notices"
WITHOUT_MAIL = 7


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    servers = Post(tmp_path / "post")
    try:
        yield servers
    finally:
        servers.close()


def crowd(installation: Installation, folder: Path, size: int) -> list[str]:
    """So many people more in the store of the contractors, and the addresses of those who have one."""
    file, addresses = folder / "crowd.csv", []
    with file.open("w", newline="", encoding="utf-8") as text:
        rows = csv.writer(text)
        rows.writerow(["login", "displayName", "firstName", "lastName", "mail"])
        for number in range(size):
            mail = "" if number < WITHOUT_MAIL else f"p{number}@crowd.example.org"
            rows.writerow([f"p{number}", f"Person {number}", "Person", str(number), mail])
            addresses += [mail] if mail else []
    done = installation.command("store", "import", "contractors", str(file), "--folder", str(installation.folder))
    assert done.returncode == 0, done.stderr
    return addresses


def in_index(operator: HelpdeskClient, size: int) -> bool:
    return operator.users(store="contractors", q="person", limit=1).expect(200)["total"] == size


def leases_lapse(installation: Installation) -> None:
    """As a minute later: what the dead process was handing over is anybody's."""
    with sqlite3.connect(installation.folder / "helpdesk/helpdesk.db", timeout=30) as connection:
        connection.execute("UPDATE outbox SET due_at = due_at - 60000000 WHERE state = 'sending'")
    connection.close()


def arrived(post: Post) -> list[tuple[str, str]]:
    """The address and the Message-ID of every mail the server has taken."""
    found = []
    for facts in post.mails.glob("*.json"):
        head = facts.with_suffix(".eml").read_bytes().split(b"\r\n\r\n")[0].decode()
        found.append((json.loads(facts.read_text())["to"][0], re.findall(r"(?im)^message-id:\s*(\S+)", head)[0]))
    return found


def test_everybody_of_a_store_gets_one_mail_while_the_service_is_killed(
        installation: Installation, post: Post, tmp_path: Path, is_deep: bool):
    """E3, CR-05: with 100,000 people in `make test-deep`."""
    size, kills = (100_000, 12) if is_deep else (800, 3)
    addresses = crowd(installation, tmp_path, size)
    post.configure(installation, "helpdesk")
    installation.start()
    olivia = HelpdeskClient(installation.helpdesk.url).sign_in(*OLIVIA)
    until("everybody is in the index", lambda: in_index(olivia, size), 600 if is_deep else 60)

    body = {"recipients": {"filter": {"store": ["contractors"], "q": "person"}}, "types": "all"}
    key = new_key()
    notice = olivia.post(NOTICES, body, key=key).expect(202)["id"]
    assert olivia.post(NOTICES, body, key=key).expect(202)["id"] == notice
    chance = random.Random(size)
    for _ in range(kills):
        time.sleep(chance.uniform(0.3, 2.0))
        installation.helpdesk.kill()
        leases_lapse(installation)
        installation.helpdesk.start()

    def ended() -> dict | None:
        progress = olivia.get(f"{NOTICES}/{notice}").expect(200).json
        return progress if progress["state"] == "finished" else None

    progress = until("the notice has ended", ended, 3_000 if is_deep else 120)
    assert (progress["total"], progress["examined"]) == (size, size)
    assert progress["queued"] == progress["sent"] == len(addresses) and progress["failed"] == 0, progress
    assert progress["leftOut"]["withoutAddress"] == WITHOUT_MAIL
    mails = arrived(post)
    assert {address for address, _ in mails} == set(addresses)
    # A mail whose taking was not recorded before the kill goes out again as the same mail; one of each slot at most.
    assert len(mails) - len(addresses) <= 8 * kills
    assert len(set(mails)) == len(addresses), Counter(mails).most_common(3)


@pytest.fixture
def olivia(own_services: Installation) -> HelpdeskClient:
    return checked(HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA))


def test_a_reminder_to_one_user_from_the_row_menu(own_services: Installation, olivia: HelpdeskClient):
    """E4, E3: previewed, sent in the operator's own words, and in the user's history."""
    someone = next(person for person in people() if person.store == "staff" and person.login == "li.wei")
    user, = olivia.users(store="staff", q=someone.mail).expect(200)["users"]
    body = {"recipients": {"users": [user["id"]]}, "types": ["mobile", "authenticator"],
            "subject": "Please register today", "message": "Dear {login},\nthe audit is on Friday.\n"}
    shown = olivia.post(NOTICES + "/preview", body).expect(200)
    assert (shown["total"], shown["invited"]) == (1, 1) and shown["recipients"][0]["id"] == user["id"]
    assert shown["words"]["subject"] == body["subject"]
    notice = olivia.post(NOTICES, body, key=new_key()).expect(202)
    progress = until("it is sent", lambda: (found := olivia.get(f"{NOTICES}/{notice['id']}").expect(200).json)["state"]
                     == "finished" and found)
    assert (progress["sent"], progress["queued"]) == (1, 1)
    letter = Mailbox(own_services.messages).wait(shown["recipients"][0]["address"], "enrollmentReminder")
    assert letter.text == shown["words"]["message"] and letter.subject == body["subject"]
    assert letter.text.startswith("Dear ") and "the audit is on Friday." in letter.text
    assert all(word in letter.text for word in ("mobile phone", "authenticator app", "http://127.0.0.1"))
    events = olivia.history(user["id"], kind="notify").expect(200)["events"]
    assert [(event["action"], event["outcome"]) for event in events] == [("enrollmentNotice", "success")]


def test_a_notice_is_stopped_and_nothing_more_leaves(installation: Installation, post: Post):
    """E3"""
    post.configure(installation, "helpdesk")
    post.smtp.write_text("stall")
    installation.start()
    olivia = HelpdeskClient(installation.helpdesk.url).sign_in(*OLIVIA)
    notice = olivia.post(NOTICES, {"recipients": {"all": True}, "types": "all"}, key=new_key()).expect(202)["id"]
    until("all are written", lambda: olivia.get(f"{NOTICES}/{notice}").expect(200)["state"] == "sending")
    stopped = olivia.post(f"{NOTICES}/{notice}/stop").expect(200)
    assert stopped["state"] == "stopped" and stopped["sent"] == 0 < stopped["queued"]
    post.heal()
    ended = until("it has ended", lambda: (found := olivia.get(f"{NOTICES}/{notice}").expect(200).json).get("endedAt") and found,
                  90)
    # Only what was in a worker's hands when it was stopped may still have left.
    assert ended["sent"] <= 8 and len(arrived(post)) <= 8


def test_the_mail_is_whole_in_every_language_and_the_words_are_harmless(
        installation: Installation, post: Post, tmp_path: Path):
    """IN-05, N5: the operator's own words stand in both parts of the mail, escaped where it is a page."""
    file = tmp_path / "one.csv"
    file.write_text("login,displayName,firstName,lastName,mail,language\nlena,Lena Groß,Lena,Groß,lena@crowd.example.org,de\n")
    done = installation.command("store", "import", "contractors", str(file), "--folder", str(installation.folder))
    assert done.returncode == 0, done.stderr
    post.configure(installation, "helpdesk")
    installation.start()
    olivia = HelpdeskClient(installation.helpdesk.url).sign_in(*OLIVIA)
    found = until("she is in the index", lambda: olivia.users(q="lena groß").expect(200)["users"])
    body = {"recipients": {"users": [found[0]["id"]]}, "types": ["mobile"], "subject": "Für Sie: „bitte“",
            "message": "Liebe {login} <script>alert(1)</script> & Team"}
    olivia.post(NOTICES, body, key=new_key()).expect(202)
    letter = post.letter("lena@crowd.example.org")
    assert letter["Subject"] == "Für Sie: „bitte“"
    plain = words(letter)
    assert "Liebe lena <script>alert(1)</script> & Team" in plain and "Mobiltelefon" in plain and "http://" in plain
    page = letter.get_body(("html",)).get_content()
    assert "<script" not in page and "&lt;script&gt;" in page and "Mobiltelefon" in page
