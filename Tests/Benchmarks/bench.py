"""Measures Latchkey beside a reference in the same run, and prints a table. Figures, no verdicts: `make bench` fails
only when something could not be measured.

    bench.py PROGRAMS WORK [--record FILE] [--only B1,B2,B6,B7]

PROGRAMS holds the release build, WORK is a folder for everything that is made, FILE a document with a section between
`<!-- figures -->` and `<!-- /figures -->` that is replaced.
"""

import argparse
import sys
from pathlib import Path

from latchkey_bench import answers, export, machine, requests, search, start
from latchkey_bench.table import Table

BENCHMARKS = {"B1": answers.measure, "B2": search.measure, "B4": export.measure, "B6": start.measure, "B7": requests.measure}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--only", default=",".join(BENCHMARKS))
    return parser.parse_args()


def main() -> int:
    given = arguments()
    table = Table(machine.description(given.work))
    for name in given.only.split(","):
        print(f"{name} ...", file=sys.stderr, flush=True)
        BENCHMARKS[name](given.programs.resolve(), given.work.resolve(), table)
    text = table.markdown()
    print(text)
    (given.work / "figures.md").write_text(text)
    if given.record:
        table.record(given.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
