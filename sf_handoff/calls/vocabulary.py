"""VA's enumerations as its services write them, and how a value of theirs is read without trusting it.

The lists drift between VA's own files, so nothing here refuses: a code that is not listed is shown as
"unknown (CODE)", and a value of the wrong kind reads as None. Phase types are those of vets-api
(`Mobile::ClaimsHelper`), headings those of the mobile app (`claimPhase.8step` and `claimPhase.5step` in
va-mobile-app's common.json), appeal codes those of `Mobile::V0::Appeals::Appeal`. The words for appeal
statuses are ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict

PHASE_TYPES: Mapping[str, str] = {
    "CLAIM_RECEIVED": "Claim received",
    "UNDER_REVIEW": "Initial review",
    "GATHERING_OF_EVIDENCE": "Evidence gathering",
    "REVIEW_OF_EVIDENCE": "Evidence review",
    "PREPARATION_FOR_DECISION": "Rating",
    "PENDING_DECISION_APPROVAL": "Preparing decision letter",
    "PREPARATION_FOR_NOTIFICATION": "Final review",
    "COMPLETE": "Claim decided",
}

ROLL_UPS: Mapping[str, str] = {
    "CLAIM_RECEIVED": "Claim received",
    "INITIAL_REVIEW": "Initial review",
    "EVIDENCE_GATHERING_REVIEW_DECISION": "Evidence gathering, review, and decision",
    "PREPARATION_FOR_NOTIFICATION": "Preparation for notification",
    "COMPLETE": "Complete",
}
ROLL_UPS_WITHOUT_STEP: Mapping[str, str] = {"PENDING": "Pending", "ERRORED": "Error"}

TITLES: Mapping[str, str] = {
    "compensation": "Claim for disability compensation",
    "dependency": "Request to add or remove a dependent",
    "burial": "Expenses related to death or burial",
}

# End Product codes that VA never shows to claimants: corrections (960…) and this list.
# https://github.com/department-of-veterans-affairs/va.gov-team, claim-appeal-status/design
HIDDEN_PREFIX = "960"
HIDDEN_CODES = frozenset(
    {
        "020IRSCFID",
        "120IRPFID",
        "130YR100PMC",
        "290HE7131R",
        "290LGYBDD",
        "290LGYIDES",
        "400ORR",
        "930CLQENR",
    }
)

NEEDED = "NEEDED_FROM_YOU"
NEEDED_IN_APP = ("still_need_from_you_list", "NEEDED")

APPEAL_KINDS: Mapping[str, str] = {
    "legacyAppeal": "Appeal under the old system",
    "appeal": "Board Appeal",
    "supplementalClaim": "Supplemental Claim",
    "higherLevelReview": "Higher-Level Review",
}

APPEAL_STATUSES: Mapping[str, str] = {
    "scheduled_hearing": "A hearing is scheduled",
    "pending_hearing_scheduling": "Waiting for a hearing date",
    "on_docket": "Waiting for a judge at the Board",
    "pending_certification_ssoc": "New statement sent, not yet passed to the Board",
    "pending_certification": "Not yet passed to the Board",
    "pending_form9": "Waiting for the Veteran's Form 9",
    "pending_soc": "Statement of the case being prepared",
    "stayed": "On hold until a court decides",
    "at_vso": "With the Veterans service organization",
    "bva_development": "The Board is collecting more evidence",
    "decision_in_progress": "A judge is reviewing it",
    "bva_decision": "The Board has decided",
    "field_grant": "Granted before it reached the Board",
    "withdrawn": "Withdrawn",
    "ftr": "Closed, no answer came in time",
    "ramp": "Moved to the RAMP review program",
    "death": "Closed, the appellant is recorded as deceased",
    "reconsideration": "Closed after a motion for reconsideration",
    "other_close": "Closed",
    "remand_ssoc": "Sent back by the Board, new statement issued",
    "remand": "Sent back by the Board for more work",
    "merged": "Merged with another appeal",
    "evidentiary_period": "The Board is taking new evidence",
    "ama_remand": "Sent back by the Board to correct an error",
    "post_bva_dta_decision": "Decided again after the Board sent it back",
    "bva_decision_effectuation": "The Board's decision is being carried out",
    "sc_received": "Supplemental Claim under review",
    "sc_decision": "Supplemental Claim decided",
    "sc_closed": "Supplemental Claim closed",
    "hlr_received": "Higher-Level Review under way",
    "hlr_dta_error": "Higher-Level Review found an error to correct",
    "hlr_decision": "Higher-Level Review decided",
    "hlr_closed": "Higher-Level Review closed",
    "statutory_opt_in": "Moved to the current review system",
    "remand_return": "Back at the Board after being sent back",
}
DECEASED = "death"
APPEAL_STARTS = frozenset({"nod", "ama_nod", "hlr_request", "sc_request"})

AOJS = frozenset({"vba", "vha", "nca", "other"})
LOCATIONS = frozenset({"aoj", "bva"})
PROGRAM_AREAS = frozenset(
    {
        "burial",
        "bva",
        "compensation",
        "education",
        "fiduciary",
        "insurance",
        "loan_guaranty",
        "medical",
        "multiple",
        "other",
        "pension",
        "vre",
    }
)

# No character at all, or one that only a terminal obeys. Tab and line ends are text.
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Direction embeddings, overrides and isolates, and a byte order mark adrift. Emoji joiners and the
# plain direction marks of right-to-left text stay.
OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
SPACING = re.compile(r"[\t\n\r\u2028\u2029]+")

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)([T ][0-9:.,Z+-]{0,30})?", re.ASCII)
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Frozen(BaseModel):
    """A value that passes between stages: closed, unchangeable, and silent about bad input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def unknown(code: str | None) -> str:
    """How a code is shown that no list of VA's holds."""
    return f"unknown ({code})" if code else "unknown"


def listed(value: object, known: Collection[str]) -> str | None:
    """A code from the list as it is, any other marked as unknown."""
    found = code(value)
    return found if found is None or found in known else unknown(found)


def code(value: object) -> str | None:
    """A code of VA's: printable ASCII, at most 40 characters. Numbers count, since types drift too."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        value = str(value)
    if not isinstance(value, str):
        return None
    return re.sub(r"[^ -~]", "", value).strip()[:40].strip() or None


def identifier(value: object) -> str | None:
    """An id that is safe in a path or a key; anything else reads as None."""
    text = code(value) if isinstance(value, int) else value
    return text if isinstance(text, str) and _IDENTIFIER.fullmatch(text) else None


def line(value: object, most: int = 120) -> str | None:
    """One line of VA's text. What is longer than any title of theirs is not a title and reads as None."""
    if not isinstance(value, str):
        return None
    text = SPACING.sub(" ", OVERRIDES.sub("", UNFIT.sub("", value))).strip()
    return text if 0 < len(text) <= most else None


def flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def day(value: object) -> date | None:
    """A date written as YYYY-MM-DD or MM/DD/YYYY. A time after it is dropped and never shifts the day."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if iso := _ISO_DAY.fullmatch(text):
        return _date(iso[1], iso[2], iso[3])
    us = _US_DAY.fullmatch(text)
    return _date(us[3], us[1], us[2]) if us else None


def _date(year: str, month: str, day_of_month: str) -> date | None:
    """The years are those a claim can have; Salesforce takes no date before 1700."""
    try:
        found = date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2999 else None


def moment(value: object) -> datetime | None:
    """An RFC 3339 date and time in UTC. Without a time zone it is no moment and reads as None."""
    if isinstance(value, str):
        value = _parsed(value.strip().upper())
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return None
    return value.astimezone(UTC) if 1970 <= value.year <= 2999 else None


def _parsed(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def fields(value: object) -> Mapping[str, object]:
    """An object's fields; none where something else was sent."""
    return value if isinstance(value, Mapping) else {}


def entries(value: object) -> tuple[Mapping[str, object], ...]:
    """A list of objects. VA's services send a list of one as the bare object now and then."""
    if isinstance(value, Mapping):
        return (value,)
    found = value if isinstance(value, list | tuple) else ()
    return tuple(each for each in found if isinstance(each, Mapping))


def resource(raw: object) -> Mapping[str, object] | None:
    """The `{id, type, attributes}` of a JSON:API answer, bare or under `data`; None if it is none."""
    outer = fields(raw)
    found = fields(outer["data"]) if "data" in outer else outer
    has_attributes = isinstance(found.get("attributes"), Mapping)
    return found if has_attributes or identifier(found.get("id")) else None
