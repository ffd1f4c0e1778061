#!/usr/bin/env python3
"""Rewrites the "named in" column of docs/security-requirements.md from the tests, and drops "no test yet" where there is one."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/security-requirements.md"
ROW = re.compile(r"^\| ([A-Z]{2}-\d\d) \| (.*?) \| (.*?) ?\| (.*?) ?\|$")


def tests_by_id() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted([*ROOT.glob("Tests/**/*.swift"), *ROOT.glob("Tests/**/*.py")]):
        name = str(path.relative_to(ROOT))
        if name.startswith("Tests/ArchitectureTests/"):
            continue  # a rule over the sources shows no behavior
        for requirement in sorted(set(re.findall(r"\b[A-Z]{2}-\d\d\b", path.read_text()))):
            found.setdefault(requirement, []).append(name)
    return found


def main() -> None:
    named = tests_by_id()

    def rewrite(line: str) -> str:
        row = ROW.match(line)
        if not row:
            return line
        requirement, text, _, remark = row.groups()
        files = ", ".join(f"`{name}`" for name in named.get(requirement, []))
        remark = remark.strip()
        if files and remark == "no test yet":
            remark = ""
        return f"| {requirement} | {text} | {files} | {remark or ('' if files else 'no test yet')} |"

    TABLE.write_text("\n".join(map(rewrite, TABLE.read_text().split("\n"))))


if __name__ == "__main__":
    main()
