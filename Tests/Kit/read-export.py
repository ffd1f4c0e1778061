"""Reads an export as an outsider does and undoes what Shared/Export/README.md says was done to it.

    read-export.py csv|xml|xlsx FILE

Prints a line for each row, the heading of CSV and XLSX included: the cells in hexadecimal UTF-8, with commas between.
Ends with 1 and a sentence when a spreadsheet would calculate with a cell.
"""

import csv
import io
import re
import sys
import unicodedata
import zipfile

FILLERS = "\u115f\u1160\u3164\uffa0"


def begins_formula(cell):
    """Whether a spreadsheet could take the cell for something to calculate, by Python's own tables (IN-06)."""
    for source in cell:
        for character in unicodedata.normalize("NFKC", source):
            category = unicodedata.category(character)
            if character in "=+-@" or category == "Cc":
                return True
            if not (character.isspace() or category in ("Cf", "Mn", "Mc", "Me") or character in FILLERS):
                return False
    return False


def read_csv(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.reader(file, strict=True):
            for cell in row:
                if begins_formula(cell):
                    sys.exit(f"{cell!r} is a formula")
            yield [cell[1:] if cell.startswith("'") and begins_formula(cell.lstrip("'")) else cell for cell in row]


def unescaped(text):
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text or "")


def read_xml(path):
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    for row in etree.parse(path, parser).getroot():
        yield [unescaped(cell.text) for cell in row]


def check_cells(path):
    """Every cell is an inline string: no number, no date, no formula."""
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        for name in book.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with io.TextIOWrapper(book.open(name), encoding="utf-8", newline="") as sheet:
                for cell in re.findall(r"<c [^>]*>(?:<[^i]|[^<])", sheet.read()):
                    sys.exit(f"{cell} is no string")


def read_xlsx(path):
    import openpyxl

    check_cells(path)
    for sheet in openpyxl.load_workbook(path, read_only=True):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and cell.data_type not in ("s", "inlineStr"):
                    sys.exit(f"{cell.coordinate} has the type {cell.data_type}")
            yield [unescaped(cell.value) for cell in row]


for row in {"csv": read_csv, "xml": read_xml, "xlsx": read_xlsx}[sys.argv[1]](sys.argv[2]):
    print(",".join(cell.encode().hex() for cell in row))
