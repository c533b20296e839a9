"""Fingerprint v1: product, page, error and symptom; the same everywhere, and nobody in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sf_handoff.mapping import bundled
from sf_handoff.reports.fingerprint import Parts, page_of, parts_of
from sf_handoff.reports.triage import Triage
from tests.conftest import ROOT
from tests.reports.labelled import Labelled, row

TRIAGE = Triage(bundled().triage)


def parts(notes: str, product: str | None = None, subject: str = "") -> Parts:
    return parts_of(TRIAGE.hear(row(Labelled(subject, notes, product=product))), TRIAGE.map)


def test_a_fingerprint_never_changes() -> None:
    """Tickets and counts of earlier days are found by it: a change needs a v2."""
    assert Parts().fingerprint == "v1-c60b1f6ce4ac96cd"
    assert Parts("Claim status", "", "mobl_502").fingerprint == "v1-83140850768a5534"
    assert Parts("Letters", "", "", "does not open").fingerprint == "v1-3e39ba04b2b8a37e"


def test_it_does_not_hang_on_the_seed_of_hashes() -> None:
    program = (
        "from sf_handoff.reports.fingerprint import Parts; print(Parts('Letters', '/records').fingerprint)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert told == {f"{Parts('Letters', '/records').fingerprint}\n"}


@pytest.mark.parametrize(
    ("notes", "product", "expected"),
    [
        ("claim page does not load", None, Parts("Claim status", symptom="does not open")),
        ("claim page does not load", "Letters", Parts("Letters", symptom="does not open")),
        ("claim page does not load", "Other", Parts("Claim status", symptom="does not open")),
        ("MOBL-502, page does not load", "Claim status", Parts("Claim status", signature="mobl_502")),
        ("blank: https://www.va.gov/track-claims/your-claims/600123/files", None, Parts("Upload documents", symptom="does not open")),
        ("blank: va.gov/track-claims/your-claims/600123/status", None, Parts("Claim status", symptom="does not open")),
        ("https://va.gov/disability/file-disability-claim-form-21-526ez/x is blank", None, Parts("Disability claim form", symptom="does not open")),
        ("https://va.gov/pension/apply/jesse-gray is blank", None, Parts(page="/pension", symptom="does not open")),
        ("cannot upload to his claim on va.gov", None, Parts("Upload documents", symptom="upload fails")),
        ("site says session expired on the appeal page", None, Parts("Appeals", signature="session expired")),
        ("Sorry, something went wrong on the appeal page", None, Parts("Appeals", symptom="does not open")),
    ],
)  # fmt: skip
def test_what_is_the_same_issue(notes: str, product: str | None, expected: Parts) -> None:
    assert parts(notes, product) == expected


def test_people_and_their_numbers_change_nothing() -> None:
    about = "Claim page on va.gov/track-claims/your-claims/{claim} shows MOBL_502. {who}"
    one = parts(
        about.format(claim="600123456", who="Jesse Gray, ssn 900-11-2222, 503-555-0142, dob 1/2/1950")
    )
    other = parts(
        about.format(claim="600999999", who="Morgan Lee-Hill, edipi 0000000042, m.lee@example.com, Apt-304")
    )
    assert one == other
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/track-claims/your-claims/12", "/track-claims"),
        ("/track-claims", "/track-claims"),
        ("/track-claims-old", ""),
        ("/education/apply/gray", "/education"),
        ("/jesse-gray/education", ""),
        ("/", ""),
    ],
)
def test_of_a_path_only_declared_pages_and_sections_stay(path: str, page: str) -> None:
    assert page_of(path, TRIAGE.map) == page


def test_what_is_vague_is_known_to_be() -> None:
    assert Parts().vague and Parts(symptom="does not open").vague and Parts("Letters").vague
    assert not Parts("Letters", symptom="does not open").vague
    assert not Parts(signature="mobl_502").vague
    assert Parts().words == "nothing known"
    assert Parts("Letters", "", "mobl_502").words == "Letters, mobl_502"
