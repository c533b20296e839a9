"""Invented callers, and what agents write down of them and should not: all of it stays in the org.

Person number n is always the same one. No number can be anybody's: social security numbers begin with 9,
telephone numbers are 555-01xx, mail goes to example.com, streets and towns are nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sf_handoff.reports.sample_dice import Dice

FIRST = (
    "Imogen", "Thaddeus", "Rosalind", "Octavio", "Linnea", "Kwabena", "Delphine", "Cormac", "Marisol",
    "Anselm", "Bettina", "Isidro", "Yolanda", "Ezekiel", "Farida", "Gustavo", "Henrike", "Zoë", "Tomás",
    "Lucinda", "Barnaby", "Xiomara", "Leopold", "Priscilla", "Wendell", "Quintessa", "Rufus", "Ottoline",
)  # fmt: skip
LAST = (
    "Abernethy", "Okonjo", "Lindqvist", "Villaseñor", "O'Hallorane", "Szymborski", "Nakagawara",
    "Featherstow",
    "Haverfield", "Ibekwem", "Juárez-Lyle", "Kowalczik", "Delacroy", "Mbatha-Reed", "Thistlewood",
    "Quisenbury",
    "Papadimos", "Rautenberg", "Sorrentina", "Underhallow", "Vandermolen", "Wintergrass", "Yellowhorn",
    "Zaragosa", "McAllistair", "Bramblecombe", "Castellanoz", "Dimitrescue", "Eisenhauer", "Gallowglass",
)  # fmt: skip
AREAS = ("202", "304", "503", "614", "719", "803", "915")
STREETS = ("Invented Oak Ln", "Sample Mill Rd", "Nowhere Creek Dr", "Old Fiction Pike", "Made-Up Ave Apt 3B")
TOWNS = ("Exampleton WV 00014", "Testbrook, OH 00021", "Port Sample TX 00035", "Fictionburg VA 00042")
POOL = 7000


@dataclass(frozen=True, slots=True)
class Person:
    """Caller number `number`."""

    number: int

    @property
    def first(self) -> str:
        return FIRST[self.number % len(FIRST)]

    @property
    def last(self) -> str:
        return LAST[self.number // len(FIRST) % len(LAST)]

    @property
    def icn(self) -> str:
        return f"{2_000_000_000 + self.number}V{self.digits(1, 6)}"

    @property
    def phone(self) -> tuple[str, str]:
        """The area code, and what follows 555."""
        return AREAS[self.number % len(AREAS)], f"01{self.digits(2, 2)}"

    @property
    def e164(self) -> str:
        area, line = self.phone
        return f"+1{area}555{line}"

    @property
    def born(self) -> date:
        return date(1936, 2, 11) + timedelta(days=int(self.digits(3, 5)) % 24_000)

    def said(self, dice: Dice) -> tuple[str, tuple[str, ...]]:
        """A remark that gives something of the person away, and the strings in it that do."""
        return dice.pick(REMARKS)(self, dice)

    def digits(self, kind: int, count: int) -> str:
        return f"{Dice(self.number, kind).below(10**count):0{count}d}"


def _name(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    first, last = who.first, who.last
    text, *names = dice.pick((
        (f"Spoke w/ {first} {last}.", first, last),
        (f"{last.upper()}, {first.upper()} verified", last.upper(), first.upper()),
        (f"Mr. {last}'s acct", last),
        (f"vet = {first.lower()} {last.lower()}", first.lower(), last.lower()),
        (f"Ms {last} called back for {first}'s father", last, first),
        (f"name on acct {last} {first[0]}.", last),
        (f"caller is {first}, spouse of {last}", first, last),
    ))  # fmt: skip
    return text, tuple(names)


def _ssn(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    area, group, serial = f"9{who.digits(4, 2)}", f"0{1 + int(who.digits(5, 1)) % 9}", who.digits(6, 4)
    text = dice.pick((f"{area}-{group}-{serial}", f"{area}{group}{serial}", f"{area} {group} {serial}"))
    return dice.pick(("SSN ", "ssn: ", "Social ", "SS# ")) + text, (text,)


def _icn(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    return dice.pick(("ICN ", "icn=", "MVI shows ")) + who.icn, (who.icn,)


def _edipi(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    text = f"{who.number:010d}"
    return dice.pick(("EDIPI ", "DoD ID ", "edipi# ")) + text, (text,)


def _file_number(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    digits = who.digits(7, 8)
    text = dice.pick((digits, f"C{digits}", f"{digits[:2]} {digits[2:5]} {digits[5:]}"))
    return dice.pick(("VA file number ", "C-file ", "file # ")) + text, (text,)


def _phone(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    area, line = who.phone
    text = dice.pick((
        f"({area}) 555-{line}", f"{area}-555-{line}", f"{area}.555.{line}", f"+1 {area} 555 {line}",
        f"{area}555{line}", f"555-{line}",
    ))  # fmt: skip
    return dice.pick(("cb# ", "call back at ", "ph ", "cell: ")) + text, (text,)


def _mail(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    letters = "".join(letter for letter in who.last.lower() if letter.isascii() and letter.isalpha())
    text = dice.pick((f"{letters}{who.number}@example.com", f"{who.first[0].lower()}.{letters}@example.org"))
    return dice.pick(("email ", "e-mail on file: ", "send to ")) + text, (text,)


def _birth(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    born = who.born
    text = dice.pick((
        f"{born.month}/{born.day}/{born.year}", born.isoformat(),
        f"{born.day} {MONTHS[born.month]} {born.year}",
        f"{born.month:02d}-{born.day:02d}-{born.year}", f"{MONTHS[born.month]} {born.day}, {born.year}",
    ))  # fmt: skip
    return dice.pick(("DOB ", "dob: ", "born ", "D.O.B. ")) + text, (text,)


def _address(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    street = f"{100 + who.number % 9000} {STREETS[who.number % len(STREETS)]}"
    town = TOWNS[who.number % len(TOWNS)]
    return f"{dice.pick(('lives at', 'addr', 'mail goes to'))} {street}, {town}", (street, town)


def _file_name(who: Person, dice: Dice) -> tuple[str, tuple[str, ...]]:
    text = dice.pick((
        f"{who.last}_{who.first}_DD214.pdf", f"{who.last.lower()} nexus letter (2).docx",
        f"IMG_{who.number:04d}_{who.last}.jpg",
    ))  # fmt: skip
    return dice.pick(("file: ", "tried w/ ", "doc called ")) + text, (text,)


MONTHS = ("", "Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
REMARKS = (
    _name, _name, _name, _ssn, _icn, _edipi, _file_number, _phone, _phone, _mail, _birth, _address,
    _file_name,
)  # fmt: skip
