"""The measure measures, and the labelled set is what it says it is."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass

import pytest

from sf_handoff.redaction import People, Unclean
from tests.redaction.labelled import KINDS, Text, places, read
from tests.redaction.labelled.known import KNOWN
from tests.redaction.labelled.unseen import UNSEEN
from tests.redaction.measure import PLACEHOLDER, Scrub, judge, letters, measure, table

HALVES = {"known": KNOWN, "unseen": UNSEEN}
BOTH = (*KNOWN, *UNSEEN)
# VA's own lines: https://www.va.gov/resources/helpful-va-phone-numbers/
PUBLIC = {
    "8008271000", "8006982411", "8446982311", "8559482311", "8007994889", "8773270022", "8772228387",
    "8774705947", "8004888244", "8884424551",
}  # fmt: skip
PHONE = re.compile(r"(?<![\d.])(?:1[ .-]?)?\(?\d{3}[). -]{1,2}\d{3}[ .-]\d{4}(?!\d)")
SPOKEN = "zero one two three four five six seven eight nine".split()


@dataclass(frozen=True)
class Out:
    text: str


def nothing(text: str, people: People) -> Out:
    return Out(text)


def everything(text: str, people: People) -> Out:
    return Out("[all of it]")


def refusing(text: str, people: People) -> Out:
    raise Unclean("There may be something personal in it.", kinds=("name",))


def knowing(texts: tuple[Text, ...], *, but: str = "") -> Scrub:
    """Takes exactly what is labelled, except for one kind."""
    truth = {text.text: text for text in texts}

    def scrub(text: str, people: People) -> Out:
        labels = truth[text].personal
        outgoing = text
        for (kind, part), place in reversed(
            list(zip(labels, places(text, (part for _, part in labels)), strict=True))
        ):
            taken = part if kind == but else f"[{kind.replace('_', ' ')}]"
            outgoing = outgoing[: place.start] + taken + outgoing[place.stop :]
        return Out(outgoing)

    return scrub


def neutral(scrub: Scrub) -> Scrub:
    """Makes markup of what comes out harmless, in ways that leave it readable."""

    def scrubbed(text: str, people: People) -> Out:
        outgoing = html.escape(scrub(text, people).text, quote=False)
        return Out(re.sub(r"[_*`#|~]", r"\\\g<0>", outgoing).replace("@", "@\u200b"))

    return scrubbed


# the measure


def test_one_that_takes_nothing() -> None:
    measured = measure(BOTH, nothing)
    assert (measured.recall, measured.right, measured.wrong, measured.refused) == (0, 0, 0, 0)
    assert sum(measured.missed.values()) == sum(len(text.personal) for text in BOTH) == len(measured.left)


def test_one_that_takes_everything() -> None:
    measured = measure(BOTH, everything)
    assert (measured.recall, measured.refused) == (1, 0)
    assert measured.wrong == sum(bool(text.kept) or not text.personal for text in BOTH)
    assert measured.precision < 0.6


def test_one_that_refuses_everything() -> None:
    measured = measure(BOTH, refusing)
    assert (measured.recall, measured.refused) == (1, len(BOTH))
    assert measured.wrong == sum(not text.personal for text in BOTH) == len(measured.overdone)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("make", [knowing, lambda texts: neutral(knowing(texts))], ids=["plain", "neutral"])
def test_one_that_knows_the_answers(half: str, make: type) -> None:
    measured = measure(HALVES[half], make(HALVES[half]))
    assert (measured.left, measured.overdone) == ((), ())
    assert (measured.recall, measured.precision) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_blind_to_one_kind(kind: str) -> None:
    measured = measure(KNOWN, knowing(KNOWN, but=kind))
    labelled = Counter(each for text in KNOWN for each, _ in text.personal)
    assert measured.missed == {each: labelled[each] if each == kind else 0 for each in KINDS}
    assert measured.wrong == 0


@pytest.mark.parametrize(
    ("line", "outgoing", "missed", "wrong"),
    [
        ("cb «phone:503-555-0142» ‹today›", "cb [phone number] today", 0, 0),
        ("cb «phone:503-555-0142» ‹today›", "cb 503-[phone number] today", 1, 0),
        ("cb «phone:503-555-0142» ‹today›", "cb (503) 555 0142 today", 1, 0),
        ("cb «phone:503-555-0142» ‹today›", "cb ***-***-0142 today", 1, 0),
        ("cb «phone:503-555-0142» ‹today›", "cb [phone number]", 0, 1),
        ("cb «phone:503-555-0142» ‹today›", "cb [phone number] [name]", 0, 1),
        ("cb «phone:503-555-0142» ‹today›", "[name] [phone number] today", 0, 1),
        ("«name:Jesse Gray» called", "[name] Gray called", 1, 0),
        ("«name:Jesse Gray» called", "[name] [name] called", 0, 0),
        ("«name:Jesse Gray» called", "[name] GRAY called", 1, 0),
        ("«name:Grays» called", "[name]s called", 0, 0),
        ("J. «name:Gray» called", "J. [name] called", 0, 0),
        ("«name:J. Gray» called", "J. [name] called", 0, 0),
        ("«name:Bo Ng» called", "[name] Ng called", 1, 0),
        ("«name:Will» ‹will call back›", "[name] will call back", 0, 0),
        ("«name:Will» ‹will call back›", "[name] [name] call back", 0, 1),
        ("«name:Will» ‹will call back›", "Will [name] call back", 1, 1),
        ("«name:Ana» and «name:Bea», «address:1 Elm St, Bend»", "[people and places]", 0, 0),
        ("‹error 503› on ‹page 2›", "[phone number] on page 2", 0, 1),
        ("‹error 503› on ‹page 2›", "[phone number] on [name]", 0, 2),
        ("‹error 503› on ‹page 2›", "on page 2", 0, 1),
        ("nothing marked here", "[name] marked here", 0, 1),
        ("‹[EXTERNAL] [mail]› from «name:Ana»", "\\[EXTERNAL\\] \\[mail\\] from \\[name\\]", 0, 0),
        ("ssn «ssn:9\u200b00-12-3456» ‹now›", "ssn 900-12-3456 now", 1, 0),
        ("ssn «ssn:９００-１２-３４５６» ‹now›", "ssn 900123456 now", 1, 0),
        ("mail «email:jgrаy@example.com» ‹now›", "mail jgray@[email] now", 1, 0),
        ("mail «email:a&#64;example.com» ‹now›", "mail a@example.com now", 1, 0),
        ("«name:Ramírez-Ortiz» ‹now›", "Ramirez Ortiz now", 1, 0),
        ("«name:Ana Gray» called", "Ana [name] called", 1, 0),
        ("cb «phone:503-555-0142» ‹today›", "cb [phone number]2 today", 1, 0),
        ("«name:Grayson» ‹now›", "[name]on now", 0, 0),
        ("«name:Grayson» ‹now›", "Gray[name] now", 1, 0),
        ("nothing here", "[name][name] here", 0, 2),
        ("«name:Gray» Portland", "[name][address]", 0, 1),
        ("«name:Сора» ‹now›", "Copa now", 1, 0),
        ("«name:G**ra**y» ‹now›", "[name]y now", 0, 0),
        ("‹MOBL_502› for «name:Je**ss**e»", "MOBL\\_502 for Jesse", 1, 0),
    ],
)
def test_one_text(line: str, outgoing: str, missed: int, wrong: int) -> None:
    verdict = judge(read(line), lambda text, people: Out(outgoing))
    assert (len(verdict.left), verdict.wrong) == (missed, wrong)


def test_people_of_the_day_are_handed_over() -> None:
    seen: list[People] = []

    def scrub(text: str, people: People) -> Out:
        seen.append(people)
        return Out(text)

    measure([read("«name:Gray» called ‖ Jesse Gray; Ortiz, Ana"), read("no one")], scrub)
    assert seen == [People(("Jesse Gray", "Ortiz, Ana")), People()]


def test_the_table() -> None:
    notes = (read("«name:Ana» w/ cb «phone:503-555-0142»"), read("«name:Bea»"), read("‹error 503›"))
    answers = {
        notes[0].text: "[name] w/ cb 503-555-0142",
        notes[1].text: "[name]",
        notes[2].text: "error [phone]",
    }
    lines = table(measure(notes, lambda text, people: Out(answers[text]))).splitlines()
    assert "| name | 2 | 2 | 0 |" in lines and "| phone | 1 | 0 | 1 |" in lines
    assert "| all | 3 | 2 | 1 |" in lines
    assert lines[-1] == "| 2 | 1 | 66.67% | 66.67% | 0 |"


# the labelled set


@pytest.mark.parametrize("line", ["error 503 at ‹503›", "Gray and «name:Gray»", "an open «name:Gray"])
def test_marks_that_would_mislead_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"text as well|not closed"):
        read(line)


def test_labels_stand_in_their_texts() -> None:
    for text in BOTH:
        assert all(part in text.text for part in (*(part for _, part in text.personal), *text.kept))
        assert {kind for kind, _ in text.personal} <= set(KINDS)
        assert text.kept or text.personal, text.text


def test_no_text_twice_and_none_in_both_halves() -> None:
    seen = Counter(letters(text.text).line for text in BOTH)
    assert [text for text, times in seen.items() if times > 1] == []


def test_halves_share_no_person_and_no_number() -> None:
    known, unseen = (
        {part.casefold() for text in half for kind, part in text.personal if kind != "file_name"}
        for half in (KNOWN, UNSEEN)
    )
    assert {part for part in known & unseen if len(part) > 5} == set()


@pytest.mark.parametrize("half", HALVES)
def test_enough_of_everything(half: str) -> None:
    texts = HALVES[half]
    kinds = Counter(kind for text in texts for kind, _ in text.personal)
    named = [text for text in texts if any(kind == "name" for kind, _ in text.personal)]
    assert len(texts) >= 360
    assert sum(not text.personal for text in texts) >= 0.45 * len(texts)
    assert {kind for kind in KINDS if kinds[kind] < 20} == set() and kinds["name"] >= 80
    assert 0.4 <= sum(bool(text.people) for text in named) / len(named) <= 0.6


def test_nothing_reads_as_a_placeholder() -> None:
    written = {match.group() for text in BOTH for match in PLACEHOLDER.finditer(text.text)}
    assert written <= {"[at]", "[dot]", "[click]", "[Stack]", "[x]"}


def test_all_telephones_are_invented_or_public() -> None:
    for text in BOTH:
        for kind, part in text.personal:
            assert kind != "phone" or re.search(r"55501\d\d", digits(part)), part
        for found in PHONE.findall(outside(text)):
            assert re.sub(r"\D", "", found)[-10:] in PUBLIC, found


def test_all_social_security_numbers_are_impossible() -> None:
    for part in (part for text in BOTH for kind, part in text.personal if kind == "ssn"):
        assert digits(part).startswith(("9", "000")) or len(digits(part)) == 4, part


def test_all_mail_goes_to_example_domains() -> None:
    for text in BOTH:
        for kind, part in text.personal:
            assert kind != "email" or re.search(
                r"example (?:dot )?(com|org|net)$", letters(part).line.strip("\x02\x03 ")
            ), part
        assert re.search(r"\w@\w", outside(text)) is None, text.text


def digits(part: str) -> str:
    line = letters(part).line.replace("oh", "0").replace("hundred", "")
    for digit, word in enumerate(SPOKEN):
        line = line.replace(word, str(digit))
    return re.sub(r"\D", "", line.replace("o", "0").replace("l", "1"))


def outside(text: Text) -> str:
    """The text without what is labelled in it."""
    rest = text.text
    for place in reversed(places(text.text, (part for _, part in text.personal))):
        rest = rest[: place.start] + "#" + rest[place.stop :]
    return rest
