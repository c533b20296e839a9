"""Cases as agents type them, all invented, with what is so about each: what the rules must get right.

`tier` None: nothing to do with the site. Cases with the same `cluster` are one issue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sf_handoff.reports.rows import ReportRow

DAY = datetime(2026, 11, 20, 13, tzinfo=UTC)


@dataclass(frozen=True)
class Labelled:
    """A case and the truth about it."""

    subject: str | None
    notes: str | None
    tier: int | None = None
    category: str | None = "Other"
    product: str | None = None
    cluster: str | None = None
    mistagged: bool = False

    @property
    def technical(self) -> bool:
        return self.tier is not None and self.tier >= 2


def row(case: Labelled, number: int = 1, **other: object) -> ReportRow:
    values: dict[str, object] = {
        "case_id": f"500{number:012d}AAA",
        "case_number": f"{number:08d}",
        "opened_at": DAY + timedelta(minutes=number),
        "subject": case.subject,
        "notes": case.notes,
        "category": case.category,
        "product": case.product,
        "person": f"003{number:012d}AAA",
        **other,
    }
    return ReportRow(**values)  # type: ignore[arg-type]


# Nothing of the site: places, people, money, and words that only look technical.
NOT_OURS = (
    Labelled(
        "Wait times",
        "Veteran waited four hours in the ER and left. Wants someone to apologize.",
        category="Concern",
    ),
    Labelled(
        "Phones",
        "The phone line at the clinic is down, nobody can get through since Monday.",
        category="Concern",
    ),
    Labelled(
        "Unable to work",
        "Veteran cannot work because of his back and asks for unemployability.",
        category="Benefits",
    ),
    Labelled(
        "Check missing",
        "November check is missing, bank has not seen a deposit from VA.",
        category="Benefits",
    ),
    Labelled(
        "Car accident", "His car crashed in the facility parking garage, wants a report.", category="Concern"
    ),
    Labelled(
        "Elevator", "Elevator in building 2 is down and frozen between floors again.", category="Concern"
    ),
    Labelled("Freeze", "Is against the hiring freeze and thinks it hurts nurses.", category="Policy comment"),
    Labelled(
        "Compliment",
        "Says the new VA.gov is a big improvement, please tell the team thanks.",
        category="Compliment",
    ),
    Labelled(
        "Form",
        "Sent him the form from https://www.va.gov/find-forms/about-form-10-10ez and he was happy.",
        category="Health care",
    ),
    Labelled(
        "E-mail",
        "Veteran wrote to the director at sample.director@va.gov and got no reply.",
        category="Concern",
    ),
    Labelled(
        "Privacy",
        "Letter with another veteran's diagnosis came in the mail, see ref 20261120.",
        category="Concern",
    ),
    Labelled(
        "T3 level",
        "Doctor will not test his T3 thyroid hormone level, wants a second opinion.",
        category="Health care",
        tier=0,
        mistagged=True,
    ),
    Labelled(
        "T VA.gov",
        "Says the regional office lost his paper file twice and no one returns calls.",
        tier=0,
        mistagged=True,
    ),
    Labelled(
        "T3 travel",
        "Travel reimbursement from the October trip not paid, spoke to the clerk twice.",
        tier=0,
        mistagged=True,
    ),
    Labelled("DD-214", "Needs a copy of his DD-214, referred to the National Archives.", category="Benefits"),
    Labelled(
        "Area", "Call back at area code 503 after 5 pm, wants news on his pension.", category="Benefits"
    ),
    Labelled(
        "Rating", "Diagnostic code 5003 was used in the rating, he thinks that is wrong.", category="Benefits"
    ),
    Labelled(
        "Apartment", "Moved to Apt-304 last month, mail still goes to the old place.", category="Benefits"
    ),
    Labelled("Debt", "Got a letter about an overpayment of a 500 dollar stipend.", category="Benefits"),
    Labelled("Room", "Exam was in room-502 but nobody was there.", category="Concern"),
    Labelled(
        "Denied",
        "Claim denied again, does not agree and wants to talk to someone who decides.",
        category="Benefits",
    ),
    Labelled(None, None, category=None),
    Labelled("", "   \n\t ", category=""),
    Labelled(
        "eBenefits", "Cannot log in to eBenefits, page is blank there, told him it is being retired.", tier=0
    ),
    Labelled("milConnect", "milConnect shows an error when he transfers the GI Bill to his son.", tier=0),
    Labelled("Kiosk", "Travel kiosk at the clinic says error 502 and prints nothing.", tier=0),
    Labelled("Bank", "His bank app crashes when he looks for the VA payment.", tier=0),
)
# The caller took a wrong turn, asked, or it worked before the call was over.
USER_ERROR = (
    Labelled(
        "NT VA.gov", "Forgot his password for VA.gov, sent him to the reset page and he got in fine.", 1
    ),
    Labelled("NT VA.gov", "Asked how to find the letters on the website. Walked her to it.", 1),
    Labelled("NT VA.gov - typo", "Typed the wrong email into login.gov three times, works now.", 1),
    Labelled("NT VA.gov", "Does not know how to upload a document on va.gov, explained the steps.", 1),
    Labelled(
        "Question", "Would like to know where on VA.gov he can change his direct deposit.", 1, "Benefits"
    ),
    Labelled("NT VA.gov", "Page was blank on va.gov until he cleared his cache, then it worked.", 1),
    Labelled("NT VA.gov", "Confused by the new menu of the website, guided her to claims.", 1),
    Labelled(
        "T VA.gov", "How do I print my benefit letter on va.gov? Explained, no issue.", 1, mistagged=True
    ),
    Labelled(
        "T3 sign in", "Caps lock was on, that is why login.gov did not take the password.", 1, mistagged=True
    ),
)
# Something fails, and nobody has looked closer yet.
MAYBE = (
    Labelled("T VA.gov", "Claim status page will not load on VA.gov, just a white page.", 3, cluster="claims down"),
    Labelled("T VA.gov", "Veteran can’t sign in with ID.me, he is sent back to the start.", 2),
    Labelled("Website", "va . gov keeps logging her out after two minutes.", 2, "Concern"),
    Labelled("site trouble", "vagov wont let him submit the dependents form, button is greyed out", 2),
    Labelled("T VA.gov", "Upload of his medical evidence gets stuck at 50 percent.", 2),
    Labelled("Address", "VA.gov still shows his old address although he changed it in spring.", 2, "Concern"),
    Labelled("Appeal", "Board appeal has disappeared from his list on the website.", 2, "Benefits"),
    Labelled("T VA.gov", "unable to download award letter, spinning wheel for ten minutes", 2),
    Labelled("ＶＡ．ｇｏｖ", "ＶＡ．ｇｏｖ page does not open for caller", 2),
    Labelled("App", "The app crashes as soon as he opens his prescriptions. Galaxy S23.", 2, "Health care"),
    Labelled("Rx", "Refill button does nothing on https://www.va.gov/my-health/medications/ for all his meds", 2),
    Labelled("NT VA.gov", "Site says he has no claims but he filed two, missing since the update.", 2, mistagged=True),
    Labelled("Login", "LOGIN.GOV CODE NEVER ARRIVES, TRIED TEXT AND CALL", 2),
    Labelled("T VA.gov", "Cannot see his appointments online, list is empty.", 2, "Health care", mistagged=True),
    Labelled("Wrong info", "Her profile on va.gov displays the wrong date of birth.", 2),
    Labelled("T VA.gov", "pg times out whn he clicks submit on the 526", 2),
    Labelled("Two things", "Can't log in to VA.gov on the phone and on the laptop the upload fails.", 2),
    Labelled("Wife calls", "Wife says the VA website is acting strange, letters page keeps spinning.", 2, "Concern"),
    Labelled("T VA.gov", "see earlier case", 2),
    Labelled("direct deposit", "Direct deposit change on va.gov will not save, bounces back to the form.", 2, "Benefits"),
    Labelled("", "Website froze when he was uploading, lost everything he typed on VA.gov.", 2),
    Labelled("Health", "Secure messages do not show up on VA.gov, inbox is blank.", 2, "Health care"),
    Labelled("T VA.gov", "No error message, the claims page just never loads.", 3, cluster="claims down"),
)  # fmt: skip
# A code, or somebody else saw it too.
CONFIRMED = (
    Labelled("T3 GI Bill", "GI Bill comparison tool shows an error, agent sees the same on two browsers.", 3),
    Labelled("T VA.gov", "Letters page says HTTP 503 each time on VA.gov.", 3),
    Labelled("T3 appts", "VAOS_504 when opening appointments on va.gov.", 3, product="Appointments"),
    Labelled("T VA.gov", "I was able to reproduce: profile page crashes when the phone number is saved.", 3),
    Labelled("T VA.gov", "Form 526 on VA.gov fails with error code 422, tried Chrome and Edge.", 3),
    Labelled("T3 letters", "Letters will not download on the website, tried again after reinstalling the browser.", 3),
    Labelled("T3", "see notes of the first call", 3),
    Labelled("Records", "Medical records page on VA.gov is blank, same on another device and for other callers.", 3, "Health care"),
)  # fmt: skip
# One outage in many words. Products and marks as agents choose them, or not.
OUTAGE = tuple(
    Labelled(subject, notes, 3, product=product, cluster="claims down", mistagged=subject.startswith("NT"))
    for subject, product, notes in (
        ("T VA.gov", "Claim status", "Claim status page gives MOBL_502 since this morning."),
        ("T3 claims", "Claim status", "Cannot open claim status in the app, error MOBL 502."),
        ("claims", "Claim status", "Veteran gets “Sorry, something went wrong” and MOBL_502 on claims."),
        ("T VA.gov", None, "claim status tool on va.gov: mobl-502, spins and then an error page"),
        ("Website", None, "Tried to check claim status on VA.gov, code MOBL_502 shows up."),
        ("T VA.gov", "Claim status", "Claims page does not load at all, spinning wheel."),
        (
            "T VA.gov",
            None,
            "His claim status will not come up on https://www.va.gov/track-claims/your-claims, blank page.",
        ),
        ("NT VA.gov", "Claim status", "Claim status page times out for caller and for his wife."),
        ("T3", "Claim status", "error MOBL_502, cannot view the claim, tried 4 times"),
        ("claim status", "Claim status", "Claim status page is down, something went wrong, try again later."),
        ("T VA.gov", "Other", "claim status pg wont load, gets error msg MOBL_502"),
        ("T VA.gov", "Claim status", "Unable to pull up claim status. Error message every time."),
    )
)
# Beside it, alike in one thing and not the same.
BESIDE = (
    Labelled("T VA.gov", "Claim status on VA.gov shows the wrong step, says closed but letter says open.", 2, product="Claim status"),
    Labelled("T3 appts", "Appointments in the app fail with MOBL_502.", 3, product="Appointments"),
    Labelled("T VA.gov", "One claim is missing from the list on va.gov, the other two are there.", 2, product="Claim status"),
    Labelled("T VA.gov", "Upload of evidence to his claim fails on va.gov.", 2, product="Upload documents"),
    Labelled("T VA.gov", "Claim page on VA.gov logs him out each time, session expired.", 2, product="Claim status"),
)  # fmt: skip

ALL = (*NOT_OURS, *USER_ERROR, *MAYBE, *CONFIRMED, *OUTAGE, *BESIDE)


def labelled_rows(cases: tuple[Labelled, ...] = ALL) -> list[tuple[ReportRow, Labelled]]:
    return [(row(case, number), case) for number, case in enumerate(cases, start=1)]
