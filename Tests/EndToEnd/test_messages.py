"""How messages read, in whose language, and who may look at the queue: both services, a real mail server."""

import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from latchkey.clients import AuthClient, Client, HelpdeskClient
from latchkey.company import ADA, UMAR, people
from latchkey.files import replace_text
from latchkey.installation import Installation
from latchkey.post import Post, code_in, words
from latchkey.waiting import until

unused = iter([person for person in people()[80:] if person.mail and person.state == ""])
PERSON, OTHER, THIRD = [person for person in people()[40:] if person.mail and person.state == ""][:3]


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    servers = Post(tmp_path_factory.mktemp("post"))
    try:
        yield servers
    finally:
        servers.close()


@pytest.fixture(scope="module")
def company(golden: Installation, post: Post, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Real mail; two people with a language of their own; one text of the company's own."""
    folder = tmp_path_factory.mktemp("company")
    own = Installation(golden.programs, folder / "latchkey").copied_from(golden)
    for name in ("auth", "helpdesk"):
        post.configure(own, name)
        replace_text(own.folder / f"{name}.json5", r'^ *product: "Latchkey",$',
                     'product: "Schlüssel & Co", fromName: "Zoë Łódź, Empfang", templates: "templates",')
    templates = own.folder / "templates"
    templates.mkdir()
    (templates / "passwordReset.es.mail.txt").write_text("Hola {login} de {store}: {time}. {product}\n")
    file = folder / "languages.csv"
    file.write_text(f"login,language\n{PERSON.login},de-CH\n{OTHER.login},es\n{THIRD.login},fr\n")
    done = own.command("store", "import", "staff", str(file), "--folder", str(own.folder))
    assert done.returncode == 0 and "3 updated" in done.stdout, done.stdout + done.stderr
    try:
        yield own.start()
        own.stop()
    finally:
        own.auth.kill()
        own.helpdesk.kill()


@pytest.fixture(autouse=True)
def healed(post: Post) -> Iterator[None]:
    yield
    post.heal()


class Page(HTMLParser):
    """The words of a page, and everything it would fetch or run."""

    def __init__(self, letter: EmailMessage):
        super().__init__()
        self.text, self.foreign = "", []
        body = letter.get_body(("html",))
        assert body is not None
        self.feed(body.get_content())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("src", "srcset", "background", "data") or name.startswith("on") or "url(" in (value or ""):
                self.foreign.append((tag, name, value))
        if tag in ("script", "link", "img", "iframe", "object", "style", "base", "form"):
            self.foreign.append((tag, "", ""))

    def handle_data(self, data: str) -> None:
        self.text += data


def reset(company: Installation, post: Post, person) -> list[EmailMessage]:
    """The mails somebody gets whose password the desk resets without asking."""
    umar = HelpdeskClient(company.helpdesk.url).sign_in(*UMAR)
    found = umar.users(q=person.mail, store="staff").expect(200)["users"]
    account = found[0]["id"]
    contact = next(row["id"] for row in umar.user(account).expect(200)["contacts"] if row["channel"] == "email")
    umar.reset(account, {"accounts": [account], "method": "newPassword", "generate": True,
                         "deliver": {"email": contact}}).expect(200)
    return until("three mails", lambda: len(found := post.letters(person.mail)) >= 3 and found)


@pytest.mark.parametrize("person, new, told", [
    (PERSON, "Ihr neues Passwort", "Ihr Passwort wurde zurückgesetzt"),
    (OTHER, "su nueva contraseña", "se restableció su contraseña"),
    (THIRD, "your new password", "your password was reset"),
])
def test_everybody_is_written_to_in_their_own_language(company: Installation, post: Post, person, new, told):
    """N5, IN-05: text and page say the same, nothing is fetched, names that are not ASCII arrive as they were."""
    letters = reset(company, post, person)
    subjects = {letter["Subject"] for letter in letters}
    assert {f"Schlüssel & Co: {new}", f"Schlüssel & Co: {told}"} <= subjects
    for letter in letters:
        sender = letter["From"].addresses[0]
        assert (sender.display_name, sender.addr_spec) == ("Zoë Łódź, Empfang", "helpdesk@example.org")
        page = Page(letter)
        assert page.foreign == []
        assert words(letter).split() == page.text.replace(letter["Subject"], "", 1).split()
    notice = next(letter for letter in letters if told in letter["Subject"])
    if person is OTHER:
        assert re.fullmatch(rf"Hola {person.login} de .+: \d{{4}}-.* UTC\. Schlüssel & Co", words(notice).strip())


def test_a_caller_hears_the_code_in_their_language(company: Installation, post: Post):
    """N5, AC-07: by the auth service too."""
    other = next(person for person in people()[60:] if person.mail and person.state == "")
    file = company.folder / "more.csv"
    file.write_text(f"login,language\n{other.login},de\n")
    assert company.command("store", "import", "staff", str(file), "--folder", str(company.folder)).returncode == 0
    client = AuthClient(company.auth.url).sign_in(other.store, other.login, other.password)
    client.enroll_email("anna.kurz@example.org").expect(202)
    letter = post.letter("anna.kurz@example.org")
    assert letter["Subject"] == "Schlüssel & Co: Bestätigen Sie Ihre Adresse"
    client.confirm("email", code_in(words(letter))).expect(204)
    umar = HelpdeskClient(company.helpdesk.url).sign_in(*UMAR)
    verification = umar.start_verification(client.grant["account"], "resetPassword").expect(201)["id"]
    umar.send_code(verification, "email").expect(202)
    letters = until("the code", lambda: len(found := post.letters("anna.kurz@example.org")) >= 2 and found)
    assert "Sie haben beim Helpdesk angerufen, um Ihr Passwort zurückzusetzen." in words(letters[1])


def test_an_internationalized_address_can_be_enrolled(company: Installation, post: Post):
    """RFC 6531: the code comes back from there."""
    person = people()[61]
    client = AuthClient(company.auth.url).sign_in(person.store, person.login, person.password)
    client.enroll_email("zoë.łódź@bücher.example").expect(202)
    address = "zoë.łódź@xn--bcher-kva.example"
    client.confirm("email", code_in(words(post.letter(address)))).expect(204)


@pytest.mark.parametrize("address", [
    "a@example.org\r\nBcc: x@example.org", "a@example.org\nBcc: x@example.org", "a\u0000@example.org",
    "a@example.org, b@example.org", "<a@example.org>", "a@example.org>", "a\u2028b@example.org",
    "a@example.org SIZE=1", '"a\r\nb"@example.org', "a\u202eb@example.org", "a@b\u0085.example",
])
def test_an_address_that_could_make_a_header_is_refused(company: Installation, post: Post, address: str):
    """IN-03"""
    person = people()[62]
    client = AuthClient(company.auth.url).sign_in(person.store, person.login, person.password)
    assert client.enroll_email(address).status in (400, 422)
    assert not any("Bcc" in mail.read_text() for mail in post.mails.glob("*.eml"))


# The queue


def administrator(company: Installation, name: str) -> Client:
    service = getattr(company, name)
    kind = AuthClient if name == "auth" else HelpdeskClient
    return kind(service.url).sign_in(*ADA)


def fill(company: Installation, name: str, address: str) -> None:
    """Has a service enqueue a mail to an address."""
    if name == "auth":
        person = next(unused)
        AuthClient(company.auth.url).sign_in(person.store, person.login, person.password).enroll_email(
            address).expect(202)
    else:
        umar = HelpdeskClient(company.helpdesk.url).sign_in(*UMAR)
        person = next(unused)
        account = umar.users(q=person.mail, store="staff").expect(200)["users"][0]["id"]
        umar.reset(account, {"accounts": [account], "method": "newPassword", "generate": True}).expect(200)


@pytest.mark.parametrize("name", ["auth", "helpdesk"])
def test_an_administrator_sees_the_queue_sends_now_and_deletes(company: Installation, post: Post, name: str):
    """N4, PR-01, PW-03: across a restart, never with an address or a word, audited."""
    admin = administrator(company, name)
    post.smtp.write_text("reset")
    for number in range(3):
        fill(company, name, f"queue.{number}@example.org")

    def waiting() -> list[dict]:
        found = admin.get("/v1/admin/messages", query={"state": "pending", "channel": "email"}).expect(200)["messages"]
        tried = [row for row in found if row["attempts"] >= 3]
        return tried if len(tried) >= 3 else []

    queue = until("three mails put off", waiting, 40)
    for row in queue:
        assert re.fullmatch(r".•••@.+", row["to"]) and row["subject"].startswith("Schlüssel & Co: ")
        assert row["lastError"] and row["lastAttempt"] and row["created"]
    whole = admin.get("/v1/admin/messages", query={"limit": 2}).expect(200)
    second = admin.get("/v1/admin/messages", query={"limit": 2, "cursor": whole["nextCursor"]}).expect(200)
    ids = [row["id"] for row in whole["messages"] + second["messages"]]
    assert len(set(ids)) == 4

    service = getattr(company, name)
    service.restart()
    admin = administrator(company, name)
    assert {row["id"] for row in queue} <= {row["id"] for row in waiting()}
    deleted, now = queue[0]["id"], queue[1]["id"]
    admin.delete(f"/v1/admin/messages/{deleted}").expect(204)
    admin.delete(f"/v1/admin/messages/{deleted}").expect(409, "messages.not_waiting")
    post.heal()
    until("it being ready", lambda: admin.post(f"/v1/admin/messages/{now}/delivery").status in (202, 409))

    def state(message: str) -> str:
        found = admin.get("/v1/admin/messages", query={"limit": 200}).expect(200)["messages"]
        return next(row["state"] for row in found if row["id"] == message)

    until("it being sent", lambda: state(now) == "sent", 40)
    assert state(deleted) == "discarded"
    admin.post(f"/v1/admin/messages/{now}/delivery").expect(409, "messages.not_waiting")
    admin.delete("/v1/admin/messages/unknown").expect(404, "messages.not_found")
    log = service.log_text()
    for reason in ("sentNow", "deleted"):
        assert re.search(rf'"event":"audit.row".*"kind":"message".*"reason":"{reason}"', log), "it is audited"


@pytest.mark.parametrize("name", ["auth", "helpdesk"])
@pytest.mark.parametrize("method, path", [
    ("GET", "/v1/admin/messages"), ("POST", "/v1/admin/messages/x/delivery"), ("DELETE", "/v1/admin/messages/x"),
    ("GET", "/v1/admin/messages/templates/accessCode"),
])
def test_nobody_else_sees_the_queue(company: Installation, name: str, method: str, path: str):
    """OP-02"""
    url = getattr(company, name).url
    (AuthClient if name == "auth" else HelpdeskClient)(url).call(method, path).expect(401)
    client = (AuthClient if name == "auth" else HelpdeskClient)(url).sign_in(*UMAR)
    client.call(method, path).expect(403, "policy.permission_missing")


def test_templates_are_previewed(company: Installation):
    """N5"""
    for name in ("auth", "helpdesk"):
        admin = administrator(company, name)
        shown = admin.get("/v1/admin/messages/templates/accessCode", query={"language": "es"}).expect(200)
        assert shown["language"] == "es" and "31415926" in shown["text"] and "31415926" in shown["sms"]
        assert shown["html"].startswith("<!DOCTYPE html>")
        admin.get("/v1/admin/messages/templates/nonsense").expect(404)
        admin.get("/v1/admin/messages/templates/accessCode", query={"language": "tlh"}).expect(400)
    folder = ["--folder", str(company.folder)]
    done = company.command("message", "preview", "passwordReset", "--language", "es-MX", *folder)
    assert done.returncode == 0 and "Hola jane.doe de Staff" in done.stdout, done.stdout + done.stderr
    whole = json.loads(company.command("message", "preview", "secureLink", "--json", *folder).stdout)
    assert whole["language"] == "en" and whole["sms"].endswith("Vo3I")
    assert company.command("message", "preview", "nonsense", *folder).returncode == 2


def test_broken_templates_stop_the_start_with_every_fault(installation: Installation, tmp_path: Path):
    """N5"""
    templates = installation.folder / "templates"
    templates.mkdir()
    (templates / "accessCode.de.sms.txt").write_text("Code?\n")
    (templates / "newPassword.en.mail.html").write_text("<p>{login}</p>\n<img src=\"x\">\n")
    replace_text(installation.folder / "auth.json5", r'^ *product: "Latchkey",$', 'templates: "templates",')
    done = installation.command("config", "check", "--folder", str(installation.folder))
    assert done.returncode == 1
    for wanted in ("accessCode.de.sms.txt:1: the field {code} has to stand here",
                   "newPassword.en.mail.html:2: <img> is not allowed in mail",
                   "newPassword.en.mail.html:1: the field {password} has to stand here"):
        assert wanted in done.stderr, done.stderr
