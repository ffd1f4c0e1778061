"""The owner's page in a real browser: by keyboard, large, on a phone, read by axe; and what opens links without being
asked to."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import UMAR, Person, somebody
from latchkey.installation import Installation
from latchkey.waiting import until
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PASSWORD = "cobalt-Lantern-58-orchard"
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    program = shutil.which("chromium")
    assert program, "install chromium (deploy/scripts/install-dependencies.sh)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield chromium
        chromium.close()


class Watched:
    """A page in a window of its own, and everything a browser complains about."""

    def __init__(self, browser: Browser, **options):
        self.context: BrowserContext = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))")
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, link: str) -> Page:
        self.page.goto(link)
        return self.page

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.fixture
def person() -> Person:
    return somebody()


def account_of(services: Installation, umar: HelpdeskClient, person: Person) -> str:
    return umar.users(q=person.mail, store=person.store).expect(200)["users"][0]["id"]


def send_link(services: Installation, person: Person) -> tuple[str, dict]:
    """Has the desk send a link and answers its address and the operation."""
    umar = HelpdeskClient(services.helpdesk.url).sign_in(*UMAR)
    account = account_of(services, umar, person)
    contact = next(row["id"] for row in umar.user(account).expect(200)["contacts"] if row["channel"] == "email")
    known = len(links_in(services, person))
    answer = umar.reset(account, {"accounts": [account], "method": "secureLink", "deliver": {"email": contact}})
    answer.expect(200)
    assert answer["results"][0]["outcome"] == "done", answer.content
    found = until("the mail with the link", lambda: len(found := links_in(services, person)) > known and found)
    return found[-1], answer.json


def links_in(services: Installation, person: Person) -> list[str]:
    found = []
    for file in sorted(services.messages.glob("*-secureLink-*.json")):
        message = json.loads(file.read_text())
        if message["to"] == person.mail:
            found.append(re.search(r"\S+/reset#\S+", message["text"]).group())
    return found


def token_of(link: str) -> str:
    return urlsplit(link).fragment


def inspect(services: Installation, link: str, **headers: str):
    return HelpdeskClient(services.helpdesk.url).post(
        "/v1/secure-links/inspection", {"token": token_of(link)}, headers=headers)


def may_sign_in(services: Installation, person: Person, password: str) -> bool:
    return AuthClient(services.auth.url).try_sign_in(person.store, person.login, password).status == 201


def test_the_owner_sets_a_password_by_keyboard_alone(services: Installation, browser: Browser, person: Person):
    """R3, SL-01, SL-04: labels, order of focus, errors read out, nothing from elsewhere, no token left in the address."""
    link, operation = send_link(services, person)
    with Watched(browser, locale="en-US") as window:
        page = window.open(link)
        page.wait_for_selector("#form:not([hidden])")
        assert page.url.endswith("/reset"), "the token is gone from the address bar"
        assert page.evaluate("document.activeElement.id") == "password"
        keys = page.keyboard
        keys.type("short")
        keys.press("Enter")
        page.wait_for_selector("#error:not(:empty)")
        assert page.get_attribute("#error", "role") == "alert"
        assert page.evaluate("document.activeElement.id") == "password"
        assert page.get_attribute("#password", "aria-invalid") == "true"
        page.wait_for_selector("#rule-minimum:not(.met)")
        keys.press("Control+A")
        keys.type(PASSWORD)
        page.wait_for_selector("#rule-minimum.met")
        order = []
        for _ in range(3):
            keys.press("Tab")
            order.append(page.evaluate("document.activeElement.id"))
            if order[-1] == "again":
                keys.type(PASSWORD)
            if order[-1] == "show":
                keys.press("Space")
                assert page.get_attribute("#password", "type") == "text"
        assert order == ["again", "show", "send"]
        page.wait_for_selector("#rule-same.met")
        keys.press("Enter")
        page.wait_for_selector("#form[hidden]", state="attached")
        assert page.inner_text("#state") == "Your password is set. You can sign in with it now and close this page."
        assert page.evaluate("document.activeElement.id") == "title"
        assert window.complaints == []
        host = urlsplit(services.helpdesk.url).netloc
        assert {urlsplit(url).netloc for url in window.requests} == {host}
        assert not any(token_of(link) in url for url in window.requests)
    assert may_sign_in(services, person, PASSWORD) and not may_sign_in(services, person, person.password)
    umar = HelpdeskClient(services.helpdesk.url).sign_in(*UMAR)
    shown = umar.get(f"/v1/operations/{operation['operation']}").expect(200)["links"][0]
    assert shown["state"] == "used"
    events = umar.history(operation["user"], kind="secureLink,reset").expect(200)["events"]
    assert [(row["kind"], row.get("reason"), row["performedBy"]) for row in reversed(events)] == [
        ("secureLink", "sent", "helpdesk"), ("secureLink", "opened", "endUser"), ("secureLink", "used", "endUser"),
        ("reset", None, "endUser")]
    until("the owner being told", lambda: list(services.messages.glob("*-passwordSetByLink-*.json")))


@pytest.mark.parametrize("language, options", [
    pytest.param("en", {"viewport": {"width": 1280, "height": 800}}, id="desk"),
    pytest.param("de", {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}, id="200 percent"),
    pytest.param("de", {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}, id="400 percent"),
    pytest.param("es", PHONE, id="phone"),
])
def test_the_page_reads_well_in_every_size_and_language(
        services: Installation, browser: Browser, options: dict, language: str):
    """axe finds nothing in any state of the page; nothing is cut off sideways; fingers find what they touch."""
    if not hasattr(services, "link_to_look_at"):
        services.link_to_look_at = send_link(services, somebody())[0]
    with Watched(browser, locale=language, **options) as window:
        page = window.open(services.link_to_look_at)
        page.wait_for_selector("#form:not([hidden])")
        assert page.get_attribute("html", "lang") == language
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        check(page)
        page.fill("#password", "x")
        page.press("#password", "Enter")
        page.wait_for_selector("#error:not(:empty)")
        check(page)
        box = page.locator("#send").bounding_box()
        assert box and box["height"] >= 44
        assert window.complaints == []


def check(page: Page) -> None:
    # axe itself is no part of the page: it is put in by the browser, past the page's policy.
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_a_link_that_opens_nothing_says_so(services: Installation, browser: Browser, person: Person):
    for address, text in (("/reset#" + "A" * 43, "This link cannot be used"), ("/reset", "Open this page with the link")):
        with Watched(browser, locale="en") as window:
            page = window.open(services.helpdesk.url + address)
            page.wait_for_selector("#title:focus")
            assert page.inner_text("#state").startswith(text)
            check(page)


def test_what_a_directory_policy_refuses_is_said_in_words(services: Installation, browser: Browser, person: Person):
    """PW-01: and the link is still good."""
    link, _ = send_link(services, person)
    with Watched(browser, locale="de") as window:
        page = window.open(link)
        page.wait_for_selector("#form:not([hidden])")
        for field in ("#password", "#again"):
            page.fill(field, person.login + "-" + person.login)
        page.click("#send")
        page.wait_for_selector("#error:has-text('Anmeldenamen')")
        for field in ("#password", "#again"):
            page.fill(field, PASSWORD)
        page.click("#send")
        page.wait_for_selector("#form[hidden]", state="attached")
        assert page.inner_text("#state").startswith("Ihr Passwort ist gesetzt.")


def test_a_mail_scanner_does_not_spend_the_link(services: Installation, browser: Browser, person: Person):
    """SL-01: by GET, by HEAD, with scripts through a browser and without."""
    link, operation = send_link(services, person)
    page_address = link.split("#")[0]
    for method in ("GET", "HEAD", "GET"):
        for address in (link, page_address, page_address + "?" + token_of(link), page_address + "/" + token_of(link)):
            requests.request(method, address, timeout=10, headers={"User-Agent": "Scanner/1.0"})
    assert requests.get(services.helpdesk.url + "/v1/secure-links/redemption", timeout=10).status_code == 405
    for scripts in (True, False):
        for _ in range(2):
            with Watched(browser, java_script_enabled=scripts) as window:
                page = window.open(link)
                if scripts:
                    page.wait_for_selector("#form:not([hidden])")
                    # Some scanners press what they find.
                    page.click("#send")
    inspect(services, link).expect(200)
    assert may_sign_in(services, person, person.password)
    done = HelpdeskClient(services.helpdesk.url).post(
        "/v1/secure-links/redemption", {"token": token_of(link), "password": PASSWORD}).expect(200)
    assert done["outcome"] == "done" and may_sign_in(services, person, PASSWORD)


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"},
    {"X-Forwarded-Proto": "javascript"}, {"X-Original-URL": "//evil.example"},
])
def test_host_headers_change_nothing(services: Installation, person: Person, headers: dict[str, str]):
    """SL-02: neither the link in the mail nor the page."""
    umar = HelpdeskClient(services.helpdesk.url).sign_in(*UMAR)
    account = account_of(services, umar, person)
    contact = next(row["id"] for row in umar.user(account).expect(200)["contacts"] if row["channel"] == "email")
    known = len(links_in(services, person))
    umar.call("POST", f"/v1/users/{account}/password-resets",
              {"accounts": [account], "method": "secureLink", "deliver": {"email": contact}},
              headers={**headers, "Idempotency-Key": "host-" + next(iter(headers)) + person.login}).expect(200)
    link = until("the link", lambda: len(found := links_in(services, person)) > known and found)[-1]
    assert link.startswith(services.helpdesk.url + "/reset#")
    plain = requests.get(services.helpdesk.url + "/reset", timeout=10)
    tricked = requests.get(services.helpdesk.url + "/reset", timeout=10, headers=headers)
    assert tricked.content == plain.content and "evil" not in str(tricked.headers)


def test_the_page_speaks_the_language_of_the_browser(services: Installation):
    for header, language in (("de-AT,de;q=0.9,en;q=0.5", "de"), ("es", "es"), ("fr", "en"), ("", "en"), ("*;q=0", "en")):
        answer = requests.get(services.helpdesk.url + "/reset", timeout=10, headers={"Accept-Language": header})
        assert answer.headers["Content-Language"] == language
        assert f'<html lang="{language}">' in answer.text
