"""Directories whose people come, go, move and change their names all the time, past everything under test."""

import random
import sqlite3
import uuid
from pathlib import Path
from typing import Any, Protocol

from .activedirectory import DOMAIN, DomainController
from .activedirectory import PEOPLE as DOMAIN_PEOPLE
from .crowd import Someone, crowd, renamed
from .files import rows
from .ldaptools import LDAPDirectory, change
from .openldap import BASE, OpenLDAP
from .openldap import PEOPLE as LDAP_PEOPLE

WINGS = ("east", "west", "north")


class MovingPeople(Protocol):
    """People of one store, and what the store's own files or tools say of them."""

    store: str

    def grow(self, count: int) -> None:
        """New people."""

    def change(self, count: int) -> None:
        """Some are renamed, some locked or moved, some deleted."""

    def accounts(self) -> dict[str, tuple]:
        """By the id of the entry: login, display name, first and last name, mail, the last part of its place, whether it
        is locked; `None` for what the index need not know at once."""


class PeopleOfAFile:
    """The embedded store `staff`, by its file."""

    store = "staff"

    def __init__(self, file: Path, chance: random.Random):
        self.file, self.chance, self.born = file, chance, 0

    def grow(self, count: int) -> None:
        database = sqlite3.connect(self.file, timeout=20)
        names = [row[1] for row in database.execute("PRAGMA table_info(accounts)")]
        model = dict(zip(names, database.execute("SELECT * FROM accounts LIMIT 1").fetchone()))
        with database:
            for person in crowd(count, self.chance):
                self.born += 1
                login = f"born{self.born}"
                row = {**model, "entry": f"{self.chance.getrandbits(64):016x}", "login": login, "login_folded": login,
                       "display_name": person.name or login, "first_name": person.first, "last_name": person.last,
                       "mail": person.mail or None}
                places = ", ".join("?" for _ in names)
                database.execute(f"INSERT INTO accounts ({', '.join(names)}) VALUES ({places})", [row[n] for n in names])
        database.close()

    def change(self, count: int) -> None:
        database = sqlite3.connect(self.file, timeout=20)
        born = [row[0] for row in database.execute("SELECT entry FROM accounts WHERE login LIKE 'born%'")]
        with database:
            for entry in self.chance.sample(born, min(count, len(born))):
                kind, other = self.chance.random(), someone_else(self.chance)
                if kind < 0.4:
                    database.execute("UPDATE accounts SET first_name = ?, last_name = ?, display_name = ? WHERE entry = ?",
                                     (other.first, other.last, other.name, entry))
                elif kind < 0.7:
                    database.execute("UPDATE accounts SET locked_at = ?, locked_until = NULL WHERE entry = ?", (1, entry))
                else:
                    database.execute("DELETE FROM accounts WHERE entry = ?", (entry,))
        database.close()

    def accounts(self) -> dict[str, tuple]:
        return {row[0]: (*row[1:6], None, row[6]) for row in rows(
            self.file, "SELECT entry, login, display_name, first_name, last_name, mail, locked_at IS NOT NULL FROM accounts")}


class PeopleOfADirectory:
    """People of a directory that speaks LDAP, by its own tools. The kind of it says how they are written."""

    store = "corp"

    def __init__(self, directory: LDAPDirectory, people: str, kind: str, chance: random.Random):
        self.directory, self.people, self.kind, self.chance = directory, people, kind, chance
        self.born = 0
        self.there: dict[str, str] = {}  # login and DN
        for wing in WINGS:
            directory.write(change(self._place(wing), "add", ("objectClass", "organizationalUnit"), ("ou", wing)))

    def grow(self, count: int) -> None:
        text = ""
        for person in crowd(count, self.chance):
            self.born += 1
            login = f"born{self.born}"
            self.there[login] = f"{self.kind}={login},{self._place(self.chance.choice(WINGS))}"
            members = {"givenName": person.first, "sn": person.last or login, "displayName": person.name or login,
                       "mail": person.mail if person.mail.isascii() else ""}  # IA5String (RFC 4524)
            text += change(self.there[login], "add", *self.described(login),
                           *((name, value) for name, value in members.items() if value))
        self.directory.write(text)

    def change(self, count: int) -> None:
        text = ""
        for login in self.chance.sample(sorted(self.there), min(count, len(self.there))):
            kind, other, name = self.chance.random(), someone_else(self.chance), self.there[login]
            if kind < 0.25:
                text += change(name, "modify", ("replace", "displayName"), ("displayName", other.name))
            elif kind < 0.6:
                text += self.moved(login, self.chance.random() < 0.5)
            elif kind < 0.75:
                text += self.locked(name)
            else:
                text += change(name, "delete")
                del self.there[login]
        self.directory.write(text, *self.options)

    options: tuple[str, ...] = ()

    def described(self, login: str) -> list[tuple[str, str]]:
        """What makes an entry a person."""
        raise NotImplementedError

    def locked(self, name: str) -> str:
        """Locks, where that can be done by hand."""
        raise NotImplementedError

    def moved(self, login: str, is_renamed: bool) -> str:
        """To another place, perhaps under another name."""
        self.born += is_renamed
        name, place = f"moved{self.born}" if is_renamed else login, self._place(self.chance.choice(WINGS))
        old = self.there.pop(login)
        self.there[name] = f"{self.kind}={name},{place}"
        return change(old, "modrdn", ("newrdn", f"{self.kind}={name}"), ("deleteoldrdn", "1"), ("newsuperior", place))

    def found(self, base: str, condition: str, *attributes: str) -> list[dict[str, Any]]:
        """The entries, with their places."""
        names = ("displayName", "cn", "givenName", "sn", "mail", *attributes)
        entries = [{name: value if name == "objectGUID" else value.decode() for name, value in entry.items()}
                   for entry in self.directory.read(base, condition, *names)]
        return [{**entry, "place": entry["dn"].split(",")[1].lower()} for entry in entries]

    def _place(self, wing: str) -> str:
        return f"ou={wing},{self.people}"


class PeopleOfOpenLDAP(PeopleOfADirectory):
    """Told of by content synchronization. The login is in the name."""

    options = ("-e", "relax")

    def __init__(self, directory: OpenLDAP, chance: random.Random):
        super().__init__(directory, LDAP_PEOPLE, "uid", chance)

    def described(self, login: str) -> list[tuple[str, str]]:
        return [("objectClass", "inetOrgPerson"), ("uid", login), ("cn", login)]

    def locked(self, name: str) -> str:
        return change(name, "modify", ("replace", "pwdAccountLockedTime"), ("pwdAccountLockedTime", "000001010000Z"))

    def accounts(self) -> dict[str, tuple]:
        return {entry["entryUUID"]: (
            entry["uid"], entry["displayName"], entry.get("givenName", ""), entry["sn"], entry.get("mail"), entry["place"],
            int("pwdAccountLockedTime" in entry))
            for entry in self.found(BASE, "(objectClass=inetOrgPerson)", "uid", "entryUUID", "pwdAccountLockedTime")}


class PeopleOfADomain(PeopleOfADirectory):
    """Told of by the numbers of writes. Nobody can be locked by hand, and locks are read when they matter."""

    def __init__(self, directory: DomainController, chance: random.Random):
        super().__init__(directory, DOMAIN_PEOPLE, "CN", chance)

    def described(self, login: str) -> list[tuple[str, str]]:
        return [("objectClass", "user"), ("sAMAccountName", login)]

    def locked(self, name: str) -> str:
        return change(name, "modify", ("replace", "mail"), ("mail", f"{self.chance.getrandbits(32)}@example.org"))

    def accounts(self) -> dict[str, tuple]:
        condition = "(&(sAMAccountType=805306368)(!(showInAdvancedViewOnly=TRUE)))"
        return {str(uuid.UUID(bytes_le=entry["objectGUID"])): (
            entry["sAMAccountName"], entry.get("displayName", entry["cn"]), entry.get("givenName", ""), entry.get("sn", ""),
            entry.get("mail"), entry["place"], None)
            for entry in self.found(DOMAIN, condition, "sAMAccountName", "objectGUID")}


def someone_else(chance: random.Random) -> Someone:
    """A name nobody has had."""
    return renamed(crowd(1, chance)[0], chance)
