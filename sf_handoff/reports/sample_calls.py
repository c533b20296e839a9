"""What a single call of an invented day is about: a technical problem, a question, anything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sf_handoff.reports import sample_words as words
from sf_handoff.reports.sample_dice import Dice, Weighted
from sf_handoff.reports.sample_notes import Note, of_problem, of_words
from sf_handoff.reports.sample_people import POOL, Person
from sf_handoff.reports.sample_problems import OUTAGES, RECURRING, VAGUE, Problem

# How agents mark a case: the phrases of 2019, T3 since 2023, and nothing in particular.
PHRASE = ("T VA.gov", "T VA.gov", "T VA.gov", "T Va.gov ", "T  VA.gov", "t va.gov", "T VA.gov - {}")
NO_FAULT = ("NT VA.gov", "NT VA.gov", "nt va.gov", "NT VA.gov - {}")
TIER_3 = ("T3 - {}", "T3 {}", "T3: {}", "{} T3", "t3 {}", "{} (T3)")
PLAIN = ("{}", "{} issue", "Website: {}", "{} - vet needs help")
CONFIRMED = Weighted(((PHRASE, 40), (TIER_3, 40), (PLAIN, 20)))
UNSURE = Weighted(((PHRASE, 60), (PLAIN, 40)))
WRONG = Weighted(((PHRASE, 50), (TIER_3, 50)))
OF_2023 = Weighted((("Other", 60), ("Benefits", 25), ("Concern", 10), ("Health care", 5)))
CATEGORIES = Weighted((
    ("Concern", 41), ("Benefits", 18), ("Policy comment", 12), ("Health care", 11), ("Compliment", 8),
    ("Recommendation", 6), ("Other", 3), ("Memorial affairs", 1),
))  # fmt: skip
KINDS = Weighted((("everyday", 880), ("handoff", 50), ("question", 45), ("not ours", 12), ("mention", 13)))
HANDOFFS = ("claim status", "appeal status", "list of claims", "no claims shown", "another screen")
# Every problem swells and ebbs in so many days.
TIDE = 13


@dataclass(frozen=True, slots=True)
class Call:
    """What became a case. A handoff is our own: it has no notes, and says nothing about VA.gov."""

    subject: str
    note: Note | None
    person: Person | None
    category: str | None = None
    product: str | None = None
    topic: str | None = None
    cluster: str | None = None
    tier: int | None = None
    mistagged: bool = False
    crisis: bool = False
    handoff: bool = False


class Day:
    """The calls of one day."""

    def __init__(self, day: date, seed: int) -> None:
        self._day, self._seed = day, seed
        self._down = Dice(seed, day.toordinal()).pick(OUTAGES)
        self._problems = Weighted((each, _strength(each, day, seed)) for each in RECURRING)

    def technical(self, dice: Dice) -> Call:
        """A recurring problem, or one that nobody can put a finger on."""
        if dice.percent(28):
            note = of_words((dice.pick(VAGUE),), who := _caller(dice), dice)
            return _marked(Call("", note, _linked(who, dice), topic="Unclear", tier=2), dice)
        since = self._day - timedelta(days=dice.below(9))
        return _with(self._problems.pick(dice), _caller(dice), since, dice)

    def outage(self, dice: Dice, place: int) -> Call:
        """Somebody hit by the day's outage; one in eight has called about it before."""
        caller = place // 2 if place and dice.percent(12) else place
        number = Dice(self._seed, self._day.toordinal(), caller).below(POOL)
        call = _with(self._down, Person(number), self._day, dice)
        return replace(call, tier=3, person=Person(number))

    def other(self, dice: Dice) -> Call:
        return _OTHER[KINDS.pick(dice)](dice)

    def crisis(self, dice: Dice, call: Call) -> Call:
        """The same call, and the caller in danger."""
        note = call.note or Note("")
        text = f"{dice.pick(words.CRISIS)}\n{note.text}"
        return replace(call, crisis=True, note=replace(note, text=text))


def _with(problem: Problem, who: Person, since: date, dice: Dice) -> Call:
    note = of_problem(problem, who, since, dice)
    told = Call(
        "", note, _linked(who, dice), product=_product(problem, dice), topic=_topic(problem, dice),
        cluster=problem.name, tier=3 if note.proof else 2,
    )  # fmt: skip
    return _marked(told, dice)


def _marked(call: Call, dice: Dice) -> Call:
    """A technical call with its subject and category; one in ten under the phrase for no technical fault."""
    if dice.percent(10):
        return replace(call, subject=_subject(NO_FAULT, call, dice), category="Other", mistagged=True)
    phrases = (CONFIRMED if call.tier == 3 else UNSURE).pick(dice)
    category = "Other" if phrases is PHRASE else OF_2023.pick(dice)
    return replace(call, subject=_subject(phrases, call, dice), category=category)


def _subject(phrases: tuple[str, ...], call: Call, dice: Dice) -> str:
    about = call.topic if dice.percent(70) else call.product
    return dice.pick(phrases).format(about or "website")


def _everyday(dice: Dice) -> Call:
    category = CATEGORIES.pick(dice)
    said = [dice.pick(words.EVERYDAY[category]) for _ in range(dice.pick((1, 1, 2, 3)))]
    texts = list(dict.fromkeys(text for _, text in said))
    if dice.percent(6):
        texts.append(dice.pick(words.QUOTED))
    who = _caller(dice)
    return Call(said[0][0], of_words(texts, who, dice), _linked(who, dice), category=category)


def _handoff(dice: Dice) -> Call:
    who = _caller(dice)
    return Call(f"Call from the mobile app: {dice.pick(HANDOFFS)}", None, _linked(who, dice), handoff=True)


def _question(dice: Dice) -> Call:
    """Tier 1; one in ten is marked as a technical fault."""
    said, product, topic = dice.pick(words.USER_ERROR)
    who = _caller(dice)
    call = Call("", of_words((said,), who, dice), _linked(who, dice), "Other", product, topic, tier=1)
    wrong = dice.percent(10)
    return replace(
        call, subject=_subject(WRONG.pick(dice) if wrong else NO_FAULT, call, dice), mistagged=wrong
    )


def _not_ours(dice: Dice) -> Call:
    """Tier 0, marked as a technical fault all the same."""
    said, topic = dice.pick(words.NOT_OURS)
    who = _caller(dice)
    call = Call("", of_words((said,), who, dice), _linked(who, dice), "Other", "Other", topic, tier=0)
    return replace(call, subject=_subject(WRONG.pick(dice), call, dice), mistagged=True)


def _mention(dice: Dice) -> Call:
    who = _caller(dice)
    note = of_words((dice.pick(words.MENTIONED),), who, dice)
    return Call(
        "Comment", note, _linked(who, dice), category=dice.pick(("Recommendation", "Compliment", "Benefits"))
    )


_OTHER = {
    "everyday": _everyday, "handoff": _handoff, "question": _question, "not ours": _not_ours,
    "mention": _mention,
}  # fmt: skip


def _caller(dice: Dice) -> Person:
    return Person(dice.below(POOL))


def _linked(who: Person, dice: Dice) -> Person | None:
    """Most calls are linked to a person's record."""
    return who if dice.percent(82) else None


def _product(problem: Problem, dice: Dice) -> str | None:
    """The product as agents picked it, or did not."""
    at = dice.below(100)
    return problem.product if at < 75 else "Other" if at < 85 else None


def _topic(problem: Problem, dice: Dice) -> str | None:
    at = dice.below(100)
    return problem.topic if at < 60 else problem.product if at < 80 else None


def _strength(problem: Problem, day: date, seed: int) -> int:
    """How common a problem is: as the seed decides, with a tide of its own."""
    dice = Dice(seed, RECURRING.index(problem))
    usual, turn = dice.pick((1, 1, 2, 2, 4, 8, 12)), dice.below(TIDE)
    return usual * (1 + abs((day.toordinal() + turn) % TIDE - TIDE // 2))
