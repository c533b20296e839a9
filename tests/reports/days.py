"""Invented days for the page: an outage, a quiet day, a day without rows, one with problems, one without history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sf_handoff.reports.clocks import Running
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.compare import Caught, Comparison
from sf_handoff.reports.history import DayCounts
from sf_handoff.reports.listing import ListedTicket
from sf_handoff.reports.near import Near
from sf_handoff.reports.page.day_page import DayPage

DAY = date(2026, 11, 20)  # a Friday
NOW = datetime(2026, 11, 21, 7, 10, tzinfo=UTC)
WEEKLY = (206, 198, 187, 191, 172, 48, 31)  # Monday to Sunday
SHARES = {
    "Concern": 44, "Benefits": 22, "Health care": 14, "Other": 9, "Compliment": 5, "Recommendation": 3, "Policy comment": 2,
    "Memorial affairs": 1,
}  # fmt: skip
PRODUCTS = {
    "Claim status": 20, "Sign in": 16, "Disability claim form": 11, "Appointments": 10, "Prescriptions": 8, "Letters": 7,
    "Direct deposit": 6, "Appeals": 6, "Profile and address": 5, "Upload documents": 4, "GI Bill": 3, "Mobile app": 2,
    "Health records": 2,
}  # fmt: skip
OUTAGE, UPLOAD, LOOP = "v1-2f9c61d0", "v1-77aa0b3e", "v1-c0ffee12"


def spread(total: int, shares: dict[str, int]) -> dict[str, int]:
    whole = sum(shares.values())
    counts = {name: total * share // whole for name, share in shares.items()}
    counts[next(iter(counts))] += total - sum(counts.values())
    return counts


def counts(day: date, rows: int, technical: int, clusters: dict[str, int]) -> DayCounts:
    tiers = {0: technical // 2, 1: technical, 2: technical - technical // 3, 3: technical // 3}
    return DayCounts(day, rows, spread(rows, SHARES), spread(rows, PRODUCTS), tiers, technical, clusters)


def earlier(days: int = 28) -> tuple[DayCounts, ...]:
    def one(back: int) -> DayCounts:
        day = DAY - timedelta(days=back)
        rows = WEEKLY[day.weekday()] + back * 7 % 23 - 11
        return counts(
            day, rows, 9 + back * 5 % 7 if rows > 100 else 2, {UPLOAD: back * 3 % 4, LOOP: back % 3 == 0}
        )

    return tuple(one(back) for back in range(days, 0, -1))


def case_numbers(first: int, count: int) -> tuple[str, ...]:
    return tuple(f"{first + 3 * at:08d}" for at in range(count))


def cluster(
    fingerprint: str,
    cases: int,
    people: int,
    alert: str | None,
    tier: int = 3,
    first: int = 412001,
    **own: str,
) -> Cluster:
    said: dict[str, str | None] = {
        "product": "Claim status",
        "page": "/track-claims",
        "signature": "Sorry, something went wrong",
        "symptom": "page does not load",
        **own,
    }
    return Cluster(
        fingerprint=fingerprint, cases=case_numbers(first, cases), people=people, alert=alert, tier=tier,
        first_seen=datetime(2026, 11, 20, 15, 12, tzinfo=UTC), last_seen=datetime(2026, 11, 20, 19, 48, tzinfo=UTC),
        words="same: product Claim status, page /track-claims, error text", near=(Near(UPLOAD, "same error text; another product"),) if fingerprint == OUTAGE else (), **said,
    )  # fmt: skip


def links(*groups: tuple[str, ...]) -> dict[str, str]:
    address = "https://example.lightning.force.com/lightning/r/Case/500{:0>15}AAA/view"
    return {number: address.format(number) for group in groups for number in group}


TICKETS = (
    ListedTicket(5812, "[Tier 3:High] Upload stops at the last step", "https://example.com/issues/5812", "High", 14,
               (Running("Fix or full update", datetime(2026, 11, 24, 22, tzinfo=UTC)),)),
    ListedTicket(5790, "[Tier 3:Medium] Signed out after the code is typed", "https://example.com/issues/5790", "Medium", 6,
               (Running("Owner's answer", datetime(2026, 11, 19, 15, tzinfo=UTC)), Running("Fix or full update", datetime(2026, 12, 2, 22, tzinfo=UTC)))),
)  # fmt: skip
FUNNEL = {
    "ClaimStatus": {
        "taps": 64,
        "delivered": 63,
        "bound": 41,
        "confirmed": 33,
        "no_call": 19,
        "late": 3,
        "parked": 1,
    },
    "AppealStatus": {"taps": 17, "delivered": 17, "bound": 9, "confirmed": 8, "no_call": 7, "late": 1},
    "DecisionLetter": {"taps": 5, "delivered": 5, "bound": 2, "confirmed": 2, "no_call": 3},
}
OP1, REPORT_1 = case_numbers(412100, 17), case_numbers(412200, 2)
COMPARISON = Comparison(
    "2019 report 1", "2019 case notes", 231, 20,
    tuple(Caught(each, ("subject has va.gov",), ()) for each in REPORT_1), tuple(Caught(each, ("notes have va.gov",), ()) for each in OP1),
)  # fmt: skip


def outage() -> DayPage:
    several = (
        cluster(OUTAGE, 37, 31, "37 cases in a day; from 10 on it is urgent"),
        cluster(UPLOAD, 4, 4, None, 2, 413001, product="Upload documents", page="/upload", symptom="upload fails", signature=""),
        cluster(LOOP, 2, 2, None, 2, 414001, product="Sign in", page="/sign-in", symptom="signed out again", signature=""),
        cluster("v1-0a", 1, 1, None, 2, 415001, product="Letters", symptom="letter is missing"),
        cluster("v1-0b", 1, 1, None, 2, 415002, product="GI Bill", symptom="amount is wrong"),
    )  # fmt: skip
    crisis = ("00412077", "00412911")
    mistagged = {
        "00412044": "Subject says T3, but the text asks for the number of another center (Tier 0).",
        "00412310": "Subject says NT VA.gov, but the text has an error message (Tier 3).",
    }
    return DayPage(
        title="White House VA Hotline: cases of the day",
        counts=counts(DAY, 231, 46, {each.fingerprint: len(each.cases) for each in several}),
        made_at=NOW, history=earlier(), clusters=several, to_decide=31, crisis=crisis, tickets=TICKETS, comparisons=(COMPARISON,),
        funnel=FUNNEL, mistagged=mistagged, notes=("3 cases were edited after the day's end; the rows show them as now.",),
        links=links(crisis, tuple(mistagged), *(each.cases for each in several), OP1, REPORT_1),
    )  # fmt: skip


def quiet() -> DayPage:
    day = outage()
    return replace(day, counts=counts(DAY, 175, 12, {LOOP: 2, "v1-0a": 1}), clusters=day.clusters[2:4], crisis=(), tickets=(),
                   mistagged={}, comparisons=(), funnel={}, notes=())  # fmt: skip


def nothing() -> DayPage:
    return replace(
        quiet(),
        counts=DayCounts(DAY, 0),
        clusters=(),
        problems=("No case was opened on Friday, November 20, 2026 (ET).",),
    )


def problems() -> DayPage:
    said = (
        "The report's sub-counts do not add up to their totals, though all rows are there.",
        "2 cases in the source more than once, and kept once: 00412003, 00412006.",
    )
    return replace(outage(), problems=said, history=earlier()[3:17])


def first_day() -> DayPage:
    return replace(outage(), history=(), tickets=(), funnel={})


def hostile() -> DayPage:
    evil = "<script>alert(1)</script>\"'&"
    bad = cluster(evil, 3, 2, evil, product=evil, symptom=evil, page=evil)
    day = outage()
    return replace(
        day, title=evil, clusters=(bad,), crisis=(evil,), tickets=(ListedTicket(1, evil, "javascript:alert(1)", evil, 1, (Running(evil, NOW),)),),
        comparisons=(Comparison(evil, evil, 1, 1, (Caught(evil, (evil,), ()),), ()),), funnel={evil: {"taps": 3, "bound": 1}}, mistagged={evil: evil}, problems=(evil,),
        notes=(evil,), links={evil: "javascript:alert(1)"}, counts=replace(day.counts, by_category={evil: 30, "$x^2$ \x01 \N{GRINNING FACE}": 3}, by_product={evil * 9: 30}, clusters={evil: 3}),
    )  # fmt: skip


DAYS: dict[str, Callable[[], DayPage]] = {
    "outage": outage, "quiet": quiet, "nothing": nothing, "problems": problems, "first-day": first_day, "hostile": hostile,
}  # fmt: skip
