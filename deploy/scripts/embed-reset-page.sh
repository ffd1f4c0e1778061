#!/bin/sh
# Puts Services/Helpdesk/Page into the helpdesk service, as one Swift source, a page for each language of words.json. Run
# it after every change there; a test compares the two.
set -eu
cd "$(dirname "$0")/../.."
python3 - Services/Helpdesk/Page Services/Helpdesk/Service/ResetPage.swift <<'PYTHON'
import html, json, re, sys
from pathlib import Path

folder, target = Path(sys.argv[1]), Path(sys.argv[2])
template = (folder / "reset.html").read_text(encoding="utf-8")
languages = json.loads((folder / "words.json").read_text(encoding="utf-8"))
names = {language: (set(words), set(words["words"])) for language, words in languages.items()}
assert len({json.dumps([sorted(part) for part in parts]) for parts in names.values()}) == 1, "a word is missing"


def page(language, words):
    spoken = "".join(
        f'<span data-word="{html.escape(name)}">{html.escape(text)}</span>' for name, text in words["words"].items())
    values = {**words, "words": spoken, "language": language}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match.group(1)], template)


def literal(text):
    assert '"""##' not in text
    return 'Array(\n##"""\n' + text + '\n"""##.utf8)\n'


parts = [f'        "{language}": ' + literal(page(language, words)) for language, words in languages.items()]
with open(target, "w", encoding="utf-8") as file:
    file.write("// swift-format-ignore-file\n")
    file.write(f"/// `{folder}`, as this service serves it; made by `deploy/scripts/embed-reset-page.sh`.\n")
    file.write("enum ResetPage {\n    static let languages = [" + ", ".join(f'"{name}"' for name in languages) + "]\n")
    file.write("    static let html: [String: [UInt8]] = [\n" + ",\n".join(part.rstrip("\n") for part in parts) + "\n    ]\n")
    for name, source in (("script", "page.js"), ("style", "page.css")):
        file.write(f"    static let {name} = " + literal((folder / source).read_text(encoding="utf-8")))
    file.write("}\n")
PYTHON
