"""What is found, and what is not: the kinds one by one, in the notations of people in a hurry."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from sf_handoff.redaction import (
    People,
    addresses,
    cues,
    dates,
    detect,
    digits,
    ids,
    kept,
    kinds_in,
    neutral,
    tokens,
    unknown,
    view,
    web,
)
from sf_handoff.redaction.marks import PLACEHOLDERS, UNKNOWN

FOUND = {
    "ssn": (
        "ssn 900-12-3456", "SSN: 900 12 3456", "900.12.3456", "social 900123456", "last four 6789", "L4 6789", "last 4 of ssn is 6789", "xxx-xx-6789",
        "９００-12-3456", "900\u200b-12\u200b-3456", "900–12–3456", "900\n12\n3456", "nine zero zero one two three four five six", "ssn 9OO-12-3456", "9**00**-12-3456",
        "900&#45;12&#45;3456", "9<b>0</b>0-12-<b>3456</b>", "l4 0145, 0246 and 0347",
        "٩٠٠-١٢-٣٤٥٦",
    ),
    "icn": ("1234567890V123456", "icn 1234567890v123456", "1234567890 V 123456", "1234567890V123456^NI^200M^USVHA^P"),
    "edipi": ("edipi 0000000001", "DoD ID: 1000000001"),
    "file_number": ("C 12 345 678", "XC-12 345 678", "file no. 12345678", "VA file number 123456789", "c-file 12345678", "C12345678"),
    "claim_id": ("claim id 600123456", "claim # 600123456", "claim_id=600123456"),
    "phone": (
        "503-555-0142", "(503) 555-0142", "503.555.0142", "5035550142", "+1 503 555 0142", "cb 555-0142", "+44 20 7946 0958", "503-555-0142 ext 12", "five oh three five five five oh one four two",
        "503\n555\n0142", "503, then 555, then 0142", "text503-555-0142now", "1.503.555.0142", "%2B15035550142",
    ),
    "email": ("jgray@example.com", "jgray at example dot com", "jgray (at) example.com", "jgrаy@exаmple.com", "jgray&#64;example.com", "jgray @ example.com", "j.gray+va@mail.example.org", "jess(dot)gray(at)example(dot)org", "jgray @ example . com", "jgray%40example.com", "j g r @ e x a m p l e . c o m"),
    "birth_date": ("DOB 2/11/48", "born Feb 11 1948", "02111948", "1948-02-11", "date of birth: 11 February 1948", "dob 02111948", "2/11/1948", "born 1948", "march third nineteen fifty two", "dob of child Oct 9th 2014", "dob 480211", "born on the twelfth of May nineteen sixty", "dob: 1948-02-11T12:00Z", "dob o2/11/1948"),
    "address": (
        "12 Larkspur St", "1200 N Larkspur Lane Apt 4B", "PO Box 123", "PSC 1234 Box 5678, APO AE 09012", "Rural Route 2 Box 114", "lives in Larkspur, OR 97201", "lives at 5 W Larkspur, Bend OR 97701", "1 Elm Court, Larkspur OR 97201",
        "Carretera 12 Km 3.4, Bo. Alto PR 00601", "Box 12 Star Route, Larkspur", "12 W Elm St., Larkspur, Fla. 33601", "N1234 County Hwy Q, Larkspur WI 54901",
        "12 Rue du Lac, Larkspur QC H2X 1Y4", "3rd Floor, 12 Elm Street, Larkspur, Mass.", "General Delivery, Larkspur TX 79801", "PMB 12, 34 Elm Rd, Larkspur, Idaho 83701", "Lot 12 Larkspur Pines, Bend OR",
    ),
    "file_name": ("Gray_DD214.pdf", "scan0001.pdf", "C:\\Users\\jgray\\Desktop\\claim.docx", "uploaded Medical Records Gray.pdf", "doc name Gray buddy letter from Sgt Okoye.docx", "sent chest-gray.dcm", "%TEMP%\\jgray\\va.log"),
    "other_id": (
        "4111 1111 1111 1111", "routing 123456789", "acct # 00012345678", "passport 123456789", "service number RA 12 345 678", "4f9c2d1e-0000-4000-8000-1234567890ab", "10.20.30.40",
        "https://example.com/reset?token=abc123", "driver's license D1234567", "ref 12345678901234", "cvv 123", "mhv id 12345678", "SN B 12 34 56", "control number on the 214 0012-AB-3456", "1EG4-TE5-MK73", "loan no. 12-34-5-0012345", "V 1234 56 78",
        "device serial DX3Y1234PLKM", "user zgraj71", "cookie va_session=MTc2MzA;b81f", "acct ends 0012 old, 3456 new",
    ),
    "name": (
        "Mr. Ashgrove called", "spoke with jesse", "vet named ashgrove", "wife Xiomara", "Przybylowicz, Jesse", "J. Gray", "name is kehau", "Dear Ashgrove", "SGT ASHGROVE",
        "my name is Otieno", "vet Demetrius Okonkwo", "called by María José", "the Okonkwos", "talked to Grace Young", "Thanks, Gwendolyn", "error again - jd", "Will Nguyen called", "JESSE GRAY CALLED",
        "vet Ng called", "goes by Skip", "Frank to be frank is angry", "Dean Street lives on one", "Virginia Stack uses a phone", "old man Withers", "Hunter S. Okoye", "Plimsworthy cannot sign in", "TullyRoxanne", "huckaby lonnie", "W**inif**red St`ac`k",
    ),
}  # fmt: skip
NOT_FOUND = (
    "SF 00012345", "case 00012345", "cases 00012345, 00012346 and 00012347", "26-HRC-HD-00-00000000", "21-526EZ", "VA Form 20-0996", "10-10EZ", "DD-214", "38 CFR 3.159",
    "38 U.S.C. 5701", "MOBL_502", "error 503", "iOS 17.5.1, build 238", "Chrome 119.0.6045.123", "at 10:30 am on 11/20/2026", "$1,204.50", "30 percent", "zip 97201", "800-827-1000",
    "(877) 222-8387", "1-800-698-2411", "988 then press 1", "TTY 711", "va.gov/claim-or-appeal-status", "step 3 of 8", "2026-11-20T10:15:00Z", "will call back", "the page may load",
    "grant him access", "mark it closed", "hope this helps", "rating rose to 30", "Claim Status Tool", "Direct Deposit", "My HealtheVet", "Montgomery GI Bill", "Camp Lejeune", "Agent Orange",
    "St. Paul RO", "Buffalo RO", "Samsung Galaxy", "Dear Veteran", "Thank you for your service", "filed on 3/4/2024, decided 5/6/2025", "called in May", "Chapter 31", "Login.gov and ID.me", "Janesville WI 53547-4444",
    "ITF 08/08/2025-08/08/2026", "OMB Control No. 2900-0001", "closed 0000-0400 ET", "Ward 3 East", "Red Cross", "NullPointerException", "caso 00120144", "Samsung Internet 23.0.1.1", "discharge date 4/30/70",
    "v1-0123456789012345", "[name] said [phone number] and [Social Security number]", "sfh0123456789abcdef0123456789abcdef",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts])
def test_found(kind: str, text: str) -> None:
    assert kinds_in(text) == (kind,)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_not_found(text: str) -> None:
    assert kinds_in(text) == ()


def test_every_kind_has_its_words() -> None:
    assert FOUND.keys() == PLACEHOLDERS.keys() - {UNKNOWN}


KNOWN = People.of(["Jesse Gray", "Ramírez-Ortiz, Ana María", "Patrick O'Malley", "Grant Przybylowicz"])


@pytest.mark.parametrize(
    "text",
    [
        "GRAY, JESSE", "jesse's phone", "jesses phone is off", "Gray's claim", "the Grays", "J. Gray", "ana maria", "RAMIREZ ORTIZ", "told Ramirez", "o malley", "OMalley", "O’Malley", "Przybylovicz wrote", "przybylowicz",
        "Grant Przybylowicz", "Capt. Gray", "jgray", "J\u200besse", "Je**ss**e",
    ],
)  # fmt: skip
def test_people_of_the_rows_are_found_as_they_are_written(text: str) -> None:
    assert kinds_in(text, KNOWN) == ("name",)


@pytest.mark.parametrize("text", ["grant him access", "please grant access", "will call"])
def test_a_name_that_is_a_word_stays_a_word(text: str) -> None:
    assert kinds_in(text, KNOWN) == ()


def test_importing_the_gate_loads_no_lists() -> None:
    program = "import sys, sf_handoff.redaction; print([m for m in sys.modules if 'redaction.' in m])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "names_" not in ran.stdout and "detect" not in ran.stdout


def patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from patterns(each)


def repeats(parsed: Any, within: int = 1) -> Iterator[int]:
    """How often the innermost part of nested repetitions may run, at most, for one start."""
    for operator, value in parsed:
        if operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            most = within * min(int(value[1]), 10**9)
            yield most
            yield from repeats(value[2], most)
        elif operator is _constants.BRANCH:
            for branch in value[1]:
                yield from repeats(branch, within)
        elif operator is _constants.SUBPATTERN:
            yield from repeats(value[3], within)


@pytest.mark.parametrize(
    "module", [addresses, cues, dates, detect, digits, ids, kept, neutral, tokens, unknown, view, web]
)
def test_no_pattern_repeats_without_end_inside_a_repetition(module: Any) -> None:
    """What is repeated without end is at most a class of characters, and stands in no other repetition."""
    for pattern in (each for value in vars(module).values() for each in patterns(value)):
        for most in repeats(_parser.parse(pattern.pattern, pattern.flags)):
            assert most <= 1_000_000 or most >= 10**9, pattern.pattern[:80]
        assert all(most <= 10**9 for most in repeats(_parser.parse(pattern.pattern, pattern.flags)))
