"""Measures Latchkey beside a reference in the same run, and prints a table. Figures, no verdicts: `make bench` fails
only when something could not be measured.

    bench.py PROGRAMS WORK [--record FILE] [--only B1,B2] [--keep]

PROGRAMS holds the release build, WORK is a folder for everything that is made, FILE a document with a section between
`<!-- figures -->` and `<!-- /figures -->`, where the rows of the benchmarks measured are replaced. With `--keep` what took
long to fill stays in WORK, and is used where it is there.
"""

import argparse
import signal
import sys
from pathlib import Path

from latchkey_bench import answers, export, machine, requests, resets, search, start, sync
from latchkey_bench.service import Installation
from latchkey_bench.table import Table

BENCHMARKS = {
    "B1": answers.measure, "B2": search.measure, "B3": resets.measure, "B4": export.measure, "B6": start.measure,
    "B7": requests.measure, "B8": sync.measure,
}

# For one benchmark; what is started ends with it.
LIMIT_SECONDS = 1_200


def give_up(*_: object) -> None:
    raise TimeoutError(f"not measured in {LIMIT_SECONDS} s")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--only", default=",".join(BENCHMARKS))
    return parser.parse_args()


def main() -> int:
    given = arguments()
    Installation.keeps = given.keep
    table = Table(machine.description(given.work), machine.moment())
    signal.signal(signal.SIGALRM, give_up)
    for name in given.only.split(","):
        print(f"{name} ...", file=sys.stderr, flush=True)
        signal.alarm(LIMIT_SECONDS)
        BENCHMARKS[name](given.programs.resolve(), given.work.resolve(), table)
    signal.alarm(0)
    text = table.markdown()
    print(text)
    (given.work / "figures.md").write_text(text)
    if given.record:
        table.record(given.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
