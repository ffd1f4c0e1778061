"""People of the sample company, and what they remember."""

import csv
import itertools
from dataclasses import dataclass

from .installation import REPOSITORY

OLIVIA = ("staff", "olivia.desk", "Sample-harbor-meadow-2026!")  # an operator, restricted
SVEN = ("staff", "sven.supervisor", "Sample-meadow-jasper-2029!")  # another one, restricted
UMAR = ("staff", "umar.desk", "Sample-willow-orchid-2027!")  # an operator, unrestricted
ADA = ("staff", "ada.admin", "Sample-copper-canyon-2028!")  # an administrator


@dataclass(frozen=True)
class Person:
    """One row of people.csv."""

    store: str
    login: str
    display_name: str
    mail: str
    mobile: str
    password: str
    state: str


def people(store: str = "staff") -> list[Person]:
    """Everybody of a store, in the order of the file."""
    with (REPOSITORY / "deploy/sample" / store / "people.csv").open(newline="", encoding="utf-8") as file:
        return [Person(store, row["login"], row["displayName"], row["mail"], row["mobile"], row["password"],
                       row["state"]) for row in csv.DictReader(file)]


_ordinary = itertools.count()


def somebody() -> Person:
    """A person no other test of this run has: with mail and mobile, free to sign in, no operator, not protected."""
    chosen = [person for person in people()[10:]
              if person.mail and person.mobile and person.state in ("", "neverExpires")]
    return chosen[next(_ordinary)]
