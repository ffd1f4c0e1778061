"""The command line tool and the services, called and configured wrongly: everything wrong is named, with exit codes."""

import json
import subprocess
from pathlib import Path

import pytest
from latchkey.clients import HelpdeskClient
from latchkey.files import replace_text
from latchkey.installation import Installation
from latchkey.waiting import until


def run(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    return installation.command(*arguments, "--folder", str(installation.folder))


def spoil(installation: Installation) -> None:
    """Three mistakes in each of the two files."""
    for name in ("auth", "helpdesk"):
        file = installation.folder / f"{name}.json5"
        replace_text(file, r"limits: \{.*\}", "limits: { codeDigits: 2, noSuchLimit: 1 }")
        replace_text(file, r'from: "helpdesk@example.org"', 'from: "nobody"')


POINTERS = ["/limits/codeDigits", "/limits/noSuchLimit", "/messaging/from"]


def test_config_check_lists_every_problem_with_its_path(installation: Installation):
    assert run(installation, "config", "check").returncode == 0
    spoil(installation)
    done = run(installation, "config", "check")
    assert done.returncode == 1
    for name in ("auth", "helpdesk"):
        for pointer in POINTERS:
            lines = [line for line in done.stderr.splitlines() if f"{name}.json5" in line and pointer in line]
            assert len(lines) == 1, done.stderr


def test_a_group_its_store_does_not_understand_is_named_and_ends_the_service(installation: Installation):
    """OP-04"""
    files = {name: installation.folder / f"{name}.json5" for name in ("auth", "helpdesk")}
    replace_text(files["auth"], r'group: "Helpdesk"', 'group: "Helpdesk;All"', count=2)
    replace_text(files["helpdesk"], r'store: "staff", group: "Protected"', 'store: "staff", group: ";"')
    done = run(installation, "config", "check")
    assert done.returncode == 1
    for name, pointer in (("auth", "/roles/2/group"), ("helpdesk", "/protectedGroups/0/group")):
        service = getattr(installation, name)
        ended = subprocess.run([service.program, "--configuration", service.configuration], capture_output=True,
                               text=True, timeout=30)
        assert ended.returncode == 2, ended.stderr
        for text in (done.stderr, ended.stderr):
            assert len([line for line in text.splitlines() if f"{name}.json5" in line and pointer in line]) == 1, text


@pytest.mark.parametrize("name", ["auth", "helpdesk"])
def test_a_service_does_not_start_on_a_bad_configuration_and_says_all_of_it(installation: Installation, name: str):
    spoil(installation)
    service = getattr(installation, name)
    done = subprocess.run([service.program, "--configuration", service.configuration], capture_output=True, text=True,
                          timeout=30)
    assert done.returncode == 2
    for pointer in POINTERS:
        assert pointer in done.stderr, done.stderr


def test_every_wrong_line_of_an_import_is_named_and_nothing_is_taken_over(installation: Installation, tmp_path: Path):
    people = Path(__file__).resolve().parents[2] / "deploy/sample/staff/people.csv"
    header, first, *_ = people.read_text().splitlines()
    cells = first.split(",")
    bad = tmp_path / "people.csv"
    bad.write_text("\n".join([header, ",".join(["", *cells[1:]]), ",".join(cells), ",".join(cells), "x,y"]) + "\n")
    before = run(installation, "store", "list", "--json").stdout
    done = run(installation, "store", "import", "staff", str(bad))
    assert done.returncode == 1 and len(done.stderr.splitlines()) >= 2, done.stderr
    assert run(installation, "store", "list", "--json").stdout == before
    assert run(installation, "store", "import", "nowhere", str(people)).returncode == 1
    assert run(installation, "store", "import", "staff", str(tmp_path / "absent.csv")).returncode == 1


def test_migrating_what_is_up_to_date_changes_nothing(installation: Installation):
    for _ in range(2):
        assert run(installation, "migrate").returncode == 0


def test_doctor_names_what_is_down(installation: Installation):
    installation.auth.start()
    done = run(installation, "doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert checks["service auth"]["ok"] and checks["database auth"]["ok"] and checks["store staff"]["ok"]
    assert not checks["service helpdesk"]["ok"] and checks["service helpdesk"]["problem"]
    assert "WRONG service helpdesk" in run(installation, "doctor").stdout


def test_a_protected_group_that_is_not_there_is_said_aloud(installation: Installation):
    """OP-04: it protects nobody."""
    replace_text(installation.folder / "helpdesk.json5", r'store: "staff", group: "Protected"',
                 'store: "staff", group: "Boards"')
    checks = json.loads(run(installation, "doctor", "--json").stdout)["checks"]
    wrong, = (check for check in checks if check["name"] == "protected groups")
    assert not wrong["ok"] and "boards" in wrong["problem"] and "staff" in wrong["problem"]
    ready = HelpdeskClient(installation.start().helpdesk.url)
    until("readiness tells", lambda: ready.ready()["protectedGroups"] == "missing")
    assert ready.ready()["status"] == "degraded"
    assert "protection.group_missing" in installation.helpdesk.log_text()


@pytest.mark.parametrize("words", [
    ["no", "such"], ["keys", "rotate", "--nonsense"], ["store", "import"], ["audit", "verify", "--service", "mail"],
    ["audit", "verify", "--service"], ["migrate", "too", "much"], ["keys", "list", "--json", "--json"],
    ["init", "--auth-port", "70000"],
], ids=" ".join)
def test_a_wrong_call_ends_with_2_and_says_how(golden: Installation, words: list[str]):
    done = golden.command(*words)
    assert done.returncode == 2 and done.stderr and not done.stdout


@pytest.mark.parametrize("words", [["store", "list"], ["keys", "list"]], ids=" ".join)
def test_answers_for_machines_parse(installation: Installation, words: list[str]):
    done = run(installation, *words, "--json")
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict)
