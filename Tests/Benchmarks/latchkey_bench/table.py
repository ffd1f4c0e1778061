"""The table the figures are printed in."""

import re
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


@dataclass(frozen=True)
class Row:
    name: str
    what: str
    figure: str
    target: str
    is_met: bool | None
    reference: str


class Table:
    """Rows in the order they were measured, each with the moment of its run."""

    def __init__(self, head: list[str], moment: str):
        self._head = head
        self._moment = moment
        self._rows: list[Row] = []

    def add(self, name: str, what: str, figure: str, *, target: str = "", met: bool | None = None,
            reference: str = "") -> None:
        """`met` stays `None` for a figure without a target."""
        self._rows.append(Row(name, what, figure, target, met, reference))

    def markdown(self) -> str:
        return self._document(self._lines())

    def _document(self, lines: list[str]) -> str:
        return "\n".join([
            *self._head, "", "| | measured | figure | target | met | reference of the same run | taken at |",
            "|---|---|---|---|---|---|---|", *lines]) + "\n"

    def _lines(self) -> list[str]:
        lines = []
        for row in self._rows:
            met = {None: "", True: "yes", False: "no"}[row.is_met]
            lines.append(f"| {row.name} | {row.what} | {row.figure} | {row.target} | {met} | {row.reference} "
                         f"| {self._moment} |")
        return lines

    def record(self, document: Path) -> None:
        """Puts the rows between the marks of a document, in place of those of the same benchmarks."""
        before, rest = document.read_text().split(BEGIN, 1)
        old, after = rest.split(END, 1)
        measured = {row.name for row in self._rows}
        kept = [line for line in old.splitlines() if benchmark(line) and benchmark(line) not in measured]
        lines = sorted(kept + self._lines(), key=benchmark)
        document.write_text(before + BEGIN + "\n" + self._document(lines) + END + after)


def benchmark(line: str) -> str:
    """Which benchmark a line of the table is of; empty: it is no figure."""
    found = re.match(r"\| (B\d+) \|", line)
    return found[1] if found else ""
