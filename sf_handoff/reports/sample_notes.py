"""Case notes as agents write them, made of the words in `sample_words` and `sample_problems`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sf_handoff.reports.sample_dice import Dice
from sf_handoff.reports.sample_people import MONTHS, Person
from sf_handoff.reports.sample_problems import Problem
from sf_handoff.reports.sample_words import CLOSINGS, EMAIL_CHAIN, OPENINGS, SINCE, TRIED
from sf_handoff.texts import utf16_units

LONGEST = 32_000
ADDRESSES = ("https://www.va.gov/{}", "www.va.gov/{}", "va.gov/{}", "https://www.va.gov/{}")
GLUE = (" ", " ", " ", ". ", "\n", "\r\n", " // ", "; ", "\n\n")
SLIPS = (("today", "tody"), ("page", "pgae"), ("every", "evry"), ("after", "aftr"), ("then", "hten"))
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "=SEE PRIOR CASE ",
    "+1 w/ earlier call: ",
    "- ",
    "@ 10:15 ",
    "=2 calls today: ",
)
# Pasted from elsewhere: vertical tab, form feed, no-break and zero-width space, line separator.
PASTED = ("\x0b", "\x0c", "\u00a0", "\u200b", "\u2028", "\ufeff")
FACES = (" 😡", " 👍🏽", " 🇺🇸", " 🙏", " (╯°□°)╯", " ❤️ VA")


@dataclass(frozen=True, slots=True)
class Note:
    """A text, and the strings in it that must not leave. `proof` is an error shown, or seen by the agent."""

    text: str
    personal: tuple[str, ...] = ()
    proof: bool = False


def of_problem(problem: Problem, who: Person, since: date, dice: Dice) -> Note:
    """Somebody's words about `problem`: what happens, and where or with what error, as a rule both."""
    coded = bool(problem.signatures) and dice.percent(85)
    placed = not coded or dice.percent(70)
    parts = [_slipped(dice.pick(problem.symptoms), dice)]
    claim = ""
    if placed:
        where, claim = _where(problem, dice)
        parts.append(where)
    if coded:
        code = dice.pick(problem.signatures)
        parts.insert(
            dice.below(2) + 1, dice.pick((f"gets {code}", f"msg: {code}", f"error says {code}", code))
        )
    tried = dice.pick(TRIED) if dice.percent(55) else ""
    extra = (_since(since, dice) if dice.percent(35) else "", tried)
    note = _written([*parts, *filter(None, extra)], who, dice, loud=dice.percent(4))
    proof = coded or "reproduce" in tried
    return replace(note, personal=note.personal + ((claim,) if claim else ()), proof=proof)


def of_words(words: Iterable[str], who: Person, dice: Dice) -> Note:
    """Anything else that was said."""
    return _written(list(words), who, dice, loud=dice.percent(3))


def odd(note: Note, dice: Dice) -> Note:
    """With a beginning like a formula's, signs from elsewhere, or a face."""
    return replace(
        note,
        text=dice.pick((
            dice.pick(STARTS) + note.text,
            f"{note.text}{dice.pick(PASTED)}(pasted)",
            note.text + dice.pick(FACES),
        )),
    )  # fmt: skip


def filled(note: Note) -> Note:
    """With an e-mail chain behind it, up to the last character that the field takes."""
    room = LONGEST - utf16_units(note.text)
    return replace(note, text=note.text + (EMAIL_CHAIN * (room // len(EMAIL_CHAIN) + 1))[:room])


def _written(parts: list[str], who: Person, dice: Dice, *, loud: bool) -> Note:
    """`parts` as one text, with an opening and a closing, and in two of five something about the person."""
    glue = dice.pick(GLUE)
    text = glue.join(parts)
    if dice.percent(80):
        text = f"{dice.pick(OPENINGS)} {text}"
    if loud:
        text = text.upper()
    personal: tuple[str, ...] = ()
    for _ in range(dice.pick((0, 0, 0, 1, 2))):
        remark, given = who.said(dice)
        text, personal = f"{text}{glue}{remark}", personal + given
    if dice.percent(60):
        text += glue + dice.pick(CLOSINGS)
    return Note(text, personal)


def _where(problem: Problem, dice: Dice) -> tuple[str, str]:
    """Where it happens: an address (and the claim's id, if it has one) or words."""
    if not problem.pages or dice.percent(40):
        place = dice.pick(problem.places)
        return dice.pick(
            (f"on {place}", f"({place})", f"{place} on va.gov")
        ) if problem.pages else f"in {place}", ""
    path = dice.pick(problem.pages)
    claim = f"6001{dice.below(100_000):05d}" if "{claim}" in path else ""
    address = dice.pick(ADDRESSES).format(path.format(claim=claim))
    return dice.pick(("at {}", "url {}", "{}", "page is {}")).format(address), claim


def _since(at: date, dice: Dice) -> str:
    """Since when, in one of the ways in which people write a day."""
    return dice.pick(SINCE).format(
        us=f"{at.month}/{at.day}/{at:%y}",
        iso=at.isoformat(),
        long=f"{at.day} {MONTHS[at.month]} {at.year}",
        dotted=f"{at.day}.{at.month}.{at.year}",
        spanish=f"{at.day}/{at.month:02d}/{at.year}",
        french=f"{at.day}-{at.month:02d}-{at:%y}",
        short=f"{MONTHS[at.month]} {at.day}",
        hour=6 + dice.below(6),
    )


def _slipped(text: str, dice: Dice) -> str:
    """Now and then with a slip of the fingers."""
    right, wrong = dice.pick(SLIPS)
    return text.replace(right, wrong, 1) if dice.percent(20) else text
