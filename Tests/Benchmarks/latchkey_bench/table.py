"""The table the figures are printed in."""

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
    """Rows in the order they were measured."""

    def __init__(self, head: list[str]):
        self._head = head
        self._rows: list[Row] = []

    def add(self, name: str, what: str, figure: str, *, target: str = "", met: bool | None = None,
            reference: str = "") -> None:
        """`met` stays `None` for a figure without a target."""
        self._rows.append(Row(name, what, figure, target, met, reference))

    def markdown(self) -> str:
        lines = [*self._head, "", "| | measured | figure | target | met | reference of the same run |",
                 "|---|---|---|---|---|---|"]
        for row in self._rows:
            met = {None: "", True: "yes", False: "no"}[row.is_met]
            lines.append(f"| {row.name} | {row.what} | {row.figure} | {row.target} | {met} | {row.reference} |")
        return "\n".join(lines) + "\n"

    def record(self, document: Path) -> None:
        """Puts the table between the marks of a document."""
        text = document.read_text()
        before, rest = text.split(BEGIN, 1)
        _, after = rest.split(END, 1)
        document.write_text(before + BEGIN + "\n" + self.markdown() + END + after)
