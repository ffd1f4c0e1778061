"""The first session of the README, pasted into a shell as it stands."""

import re
import subprocess

from latchkey.installation import REPOSITORY, Installation

SESSION = re.compile(r"<!-- session: begin.*?-->(.*?)<!-- session: end -->", re.DOTALL)
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_first_session_prints_what_the_readme_says(own_services: Installation):
    found = SESSION.search((REPOSITORY / "README.md").read_text())
    assert found, "the README has no session"
    blocks = BLOCK.findall(found.group(1))
    commands = [text for kind, text in blocks if kind == "sh"]
    printed = "".join(text for kind, text in blocks if kind == "text")
    assert len(commands) >= 5 and "satisfied" in printed
    script = "".join(commands)
    for written, real in (("http://127.0.0.1:8401", own_services.auth.url),
                          ("http://127.0.0.1:8402", own_services.helpdesk.url),
                          (".latchkey/messages", str(own_services.messages))):
        assert script.count(written) == 1, f"{written} stands {script.count(written)} times in the session"
        script = script.replace(written, real)
    done = subprocess.run(["bash"], input=script, capture_output=True, text=True, timeout=180)
    assert done.stderr == ""
    assert done.stdout == printed
