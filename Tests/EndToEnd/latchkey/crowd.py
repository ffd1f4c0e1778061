"""Made-up people of many scripts, and what searching them has to find: worked out here with Python's own Unicode tables,
without anything of the services."""

import itertools
import random
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

FIRST = """Anna Ånnä José Jose\u0301 Zoë Łukasz Đorđe Søren Ægir Þóra Iñaki Çağla İpek Irmak Maria Mária Marie-Luise
Jean-Luc O'Neil Siobhán Nguyễn Thị Trần Straße Müller Мария Иван Ёлка Юлия Ελένη Γιώργος Αθηνά אברהם שָׂרָה محمد فاطِمة
山田 太郎 さくら ガブリエル ハンナ 김철수 이영희 王小明 สมชาย ปราณี राम सीता அருண் Ⅷ ﬁona Anna_Lena X""".split()
FIRST = [name.replace("_", " ") for name in FIRST]
LAST = """Smith Smythe Berger van_der_Berg de_la_Cruz Ñuñez Öztürk Weiß WEISS Ångström Kowalski Żółty Łoś
Иванов Петрова Σωκράτης Παπαδόπουλος כהן לוי حسن عليّ 佐藤 鈴木 田中 박지성 최 李 陳大文 ใจดี शर्मा D'Angelo O\u2019Brien St._John
Fitz-Gerald Mac_Donald Lindt Ling Ng Y""".split()
LAST = [name.replace("_", " ") for name in LAST]
DOMAINS = ["example.org", "mail.example.org", "müller.example.org"]
TYPES = ["securityQuestions", "mobile", "email", "authenticator"]
IGNORED = {0x00AD, 0x034F, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
           *range(0x180B, 0x180F), *range(0xFE00, 0xFE10)}
STROKES = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}


@dataclass(frozen=True)
class Someone:
    """One made-up person."""

    login: str
    first: str
    last: str
    mail: str
    store: str = ""
    types: frozenset[str] = field(default_factory=frozenset)

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()

    def row(self) -> list[str]:
        """As a row of people.csv."""
        return [self.login, self.name, self.first, self.last, self.mail]


def crowd(size: int, chance: random.Random, prefix: str = "c") -> list[Someone]:
    """So many people, with names that collide."""
    people = []
    for number in range(size):
        first = " ".join(chance.sample(FIRST, chance.choice([0, 1, 1, 1, 1, 2])))
        last = " ".join(chance.sample(LAST, chance.choice([0, 1, 1, 1, 2])))
        local = "".join(c for c in folded(first + "." + last) if c.isascii() and (c.isalnum() or c in ".-'"))
        mail = f"{local}{number}@{chance.choice(DOMAINS)}" if chance.random() < 0.9 else ""
        people.append(Someone(f"{prefix}{number}", first, last, mail))
    return people


def folded(text: str) -> str:
    """Without case, accents and what nobody sees; spaces single."""
    text = "".join(c for c in text if unicodedata.category(c) != "Sk")
    text = unicodedata.normalize("NFKD", "".join(c for c in text if ord(c) not in IGNORED))
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    kept = (c for c in text if not _is_accent(c) and ord(c) not in IGNORED)
    text = unicodedata.normalize("NFC", "".join(kept))
    text = "".join(STROKES.get(c, c) for c in text)
    return " ".join(text.split())


def _is_accent(character: str) -> bool:
    kind = unicodedata.combining(character)
    return kind == 1 or 10 <= kind <= 36 or kind >= 200


def begins_words(text: str) -> set[str]:
    """Every beginning of a word, two characters of it at most."""
    found = set()
    for index, character in enumerate(text):
        before = text[index - 1] if index else " "
        if character == " ":
            continue
        if before == " " or _stands_alone(character) or (_is_letter(character) and not _is_letter(before)):
            found.add(character)
            found.add(text[index:index + 2].split(" ")[0])
    return found


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _stands_alone(character: str) -> bool:
    code = ord(character)
    blocks = [(0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0xAC00, 0xD7A3)]
    return any(low <= code <= high for low, high in blocks) or "CJK UNIFIED" in unicodedata.name(character, "")


class Oracle:
    """Finds people the slow way."""

    def __init__(self, people: Iterable[tuple[Someone, str]], entries: dict[str, str]):
        """People with their display names; `entries` maps a login to the directory's id of the entry."""
        found = []
        for person, name in people:
            fields = [folded(person.first), folded(person.last), folded(person.mail)]
            begins = begins_words(fields[0]) | begins_words(fields[1]) | begins_words(fields[2].split("@")[0])
            key = tuple(part.encode() for part in (folded(name), person.store, entries[person.login]))
            found.append((key, person, "\n".join(fields), begins))
        found.sort(key=lambda row: row[0])
        self._logins = [row[1].login for row in found]
        # What filters ask for, of each person: few kinds of people, many of each.
        numbers: dict[tuple[str, frozenset[str]], int] = {}
        self._kind = [numbers.setdefault((row[1].store, row[1].types), len(numbers)) for row in found]
        self._kinds = list(numbers)
        # One long text, so that looking for a term is one search; a NUL, which no term has, ends each person's.
        self._text = "".join(row[2] + "\0" for row in found)
        self._starts = list(itertools.accumulate((len(row[2]) + 1 for row in found), initial=0))
        self._found: dict[str, set[int]] = {}
        self._begins: dict[str, set[int]] = {}
        for index, row in enumerate(found):
            for begin in row[3]:
                self._begins.setdefault(begin, set()).add(index)

    def find(self, query: dict[str, str]) -> list[str]:
        """The logins, in order."""
        terms = [self._begins.get(term, set()) if len(term) < 3 else self._having(term)
                 for term in folded(query.get("q", "")).split()]
        chosen: Iterable[int] = sorted(set.intersection(*terms)) if terms else range(len(self._logins))
        stores, any_of = query.get("store", "").split(","), set(query.get("enrolledWith", "").split(",")) - {""}
        none_of = set(query.get("notEnrolledWith", "").split(",")) - {""}
        wanted = {number for number, (store, types) in enumerate(self._kinds)
                  if (not query.get("store") or store in stores)
                  and (not any_of or any_of & types) and not none_of & types}
        return [self._logins[index] for index in chosen if self._kind[index] in wanted]

    def _having(self, term: str) -> set[int]:
        if term not in self._found:
            found, at = set(), self._text.find(term)
            while at >= 0:
                index = bisect_right(self._starts, at) - 1
                found.add(index)
                at = self._text.find(term, self._starts[index + 1])
            self._found[term] = found
        return self._found[term]


def a_query(chance: random.Random, people: Sequence[Someone], stores: Sequence[str]) -> dict[str, str]:
    """Something an operator might ask, or nobody would."""
    query = {}
    if chance.random() < 0.85:
        query["q"] = " ".join(_a_term(chance, chance.choice(people)) for _ in range(chance.choice([1, 1, 1, 2, 3])))
    if chance.random() < 0.3:
        query["store"] = ",".join(chance.sample(stores, chance.randint(1, len(stores))))
    for name, often in (("enrolledWith", 0.3), ("notEnrolledWith", 0.2)):
        if chance.random() < often:
            query[name] = ",".join(chance.sample(TYPES, chance.randint(1, 3)))
    if not query.get("q", "x").strip():
        del query["q"]
    return query


def _a_term(chance: random.Random, person: Someone) -> str:
    source = chance.choice([person.first, person.last, person.mail, person.name]) or person.login
    kind = chance.random()
    if kind < 0.05:
        return chance.choice(["zzzz", "%", "_", "*", '"', "a*", "AND", "\\", "'", "-", "@", "example", "org", "q", "ß", "İ"])
    start = chance.randrange(len(source))
    if kind < 0.4:
        start = source.rfind(" ", 0, start + 1) + 1
    term = source[start:start + chance.choice([1, 2, 2, 3, 3, 3, 4, 5, 8, 20])]
    return chance.choice([str.upper, str.lower, str, str, str])(term) or "a"


def renamed(person: Someone, chance: random.Random) -> Someone:
    """The same entry under another name."""
    return replace(person, first=chance.choice(FIRST), last=chance.choice(LAST))
