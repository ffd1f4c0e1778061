#!/usr/bin/env python3
"""count-tests.py NAME REPORT: prints what a JUnit report counted; ends with 1 when nothing ran or something failed."""

import sys
import xml.etree.ElementTree as ElementTree


def main(name: str, report: str) -> int:
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"{name}: no report ({error})")
        return 1
    total = {key: sum(int(suite.get(key) or 0) for suite in suites)
             for key in ("tests", "failures", "errors", "skipped")}
    ran = total["tests"] - total["skipped"]
    broken = total["failures"] + total["errors"]
    print(f"{name}: {ran} ran, {ran - broken} passed, {broken} failed, {total['skipped']} skipped")
    return 0 if ran > 0 and broken == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
