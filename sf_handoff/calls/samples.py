"""Invented payloads of the real shape, for the demo, the quick start and the tests.

They carry what VA's services send, and so also what must not travel: `WITHHELD` lists those texts. Times
are relative to `at`. The people, ids and texts are made up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sf_handoff.calls.vocabulary import PHASE_TYPES

CLAIM_ID = "600000001"

_CONDITION = "Tinnitus, both ears (New)"
_OTHER_CONDITION = "Knee strain, left (Increase)"
_DOCUMENT = "Private treatment records, sample clinic"
_FILE_NAME = "sample-clinic-notes.pdf"
_DOCUMENT_ID = "{00000000-0000-4000-8000-000000000001}"
_REQUEST = "Proof of service needed"
_REQUEST_TEXT = "Send a copy of your discharge papers."
_SENSITIVE_REQUEST = "Sensitive request, sample"
_ANSWERED_REQUEST = "Private records request"
_REPRESENTATIVE = "Robin Sample, representative"
_ISSUE = "Service connection, sample condition"
_OTHER_ISSUE = "Increased rating, sample condition"
_DIAGNOSTIC_CODE = "6260-S"
_APPEAL_TEXT = "2 sample issues"

WITHHELD = (
    _CONDITION,
    _OTHER_CONDITION,
    _DOCUMENT,
    _FILE_NAME,
    _DOCUMENT_ID,
    _REQUEST,
    _REQUEST_TEXT,
    _SENSITIVE_REQUEST,
    _ANSWERED_REQUEST,
    _REPRESENTATIVE,
    _ISSUE,
    _OTHER_ISSUE,
    _DIAGNOSTIC_CODE,
    _APPEAL_TEXT,
)


def sample_handoff(*, at: datetime, handoff_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """A tap at `at` from the claim screen of the app. `changes` replace top-level keys."""
    payload = {
        "schema": "handoff/1",
        "handoff_id": handoff_id,
        "occurred_at": at.isoformat(),
        "observed_at": _before(at, seconds=55),
        "veteran": {
            "icn": "1234567890V123456",
            "user_account_uuid": None,
            "first_name": "Jesse",
            "last_name": "Gray",
            "phone": "+15035550142",
        },
        "sign_in": {"provider": "logingov", "loa": 3, "ial": 2, "aal": 2, "at": _before(at, minutes=6)},
        "app": {
            "name": "va-mobile-app",
            "version": "2.37.0",
            "build": "238",
            "os": "iOS 17.5",
            "device": "iPhone 14",
            "screen_reader": False,
            "language": "en",
        },
        "screen": "ClaimStatus",
        "dialed": "+18008271000",
        "tty": False,
        "claim": lighthouse_claim(at),
        "appeal": None,
        "recent": [{"at": _before(at, seconds=125), "screen": "ClaimsList", "event": "opened"}],
        "errors": [
            {
                "at": _before(at, seconds=95),
                "service": "appeals",
                "code": "MOBL_502",
                "text": "Appeal status is unavailable",
            }
        ],
        "consent": {"given": True, "at": _before(at, seconds=1)},
    }
    return payload | changes


def lighthouse_claim(at: datetime) -> dict[str, Any]:
    """A claim in full, as Lighthouse Benefits Claims v2 sends it: evidence is being gathered."""
    attributes = {
        **_claim_attributes(at, filed=94, changed=12, status="EVIDENCE_GATHERING_REVIEW_DECISION"),
        "claimTypeCode": "020NEW",
        "claimPhaseDates": {
            "phaseChangeDate": _day(at, 12),
            "currentPhaseBack": False,
            "latestPhaseType": "GATHERING_OF_EVIDENCE",
            "previousPhases": {"phase1CompleteDate": _day(at, 80), "phase2CompleteDate": _day(at, 12)},
        },
        "contentions": [{"name": _CONDITION}, {"name": _OTHER_CONDITION}],
        "developmentLetterSent": True,
        "documentsNeeded": True,
        "errors": [],
        "jurisdiction": "National Work Queue",
        "supportingDocuments": _documents(at),
        "trackedItems": _tracked_items(at),
    }
    return {"data": {"id": CLAIM_ID, "type": "claim", "attributes": attributes}}


def claims_index(at: datetime) -> list[dict[str, Any]]:
    """Members of a claims index: three under way, one of a hidden End Product, one closed, one undated."""
    members = [
        _member("600000002", at, "CLAIM_RECEIVED", "CLAIM_RECEIVED"),
        _member("600000003", at, "UNDER_REVIEW", "INITIAL_REVIEW", claimType="Dependency"),
        _member("600000004", at, "PENDING_DECISION_APPROVAL", "EVIDENCE_GATHERING_REVIEW_DECISION"),
        _member("600000005", at, "UNDER_REVIEW", "INITIAL_REVIEW", claimTypeCode="960CRRC"),
        _member("600000006", at, "COMPLETE", "COMPLETE", closeDate=_day(at, 3), decisionLetterSent=True),
    ]
    undated = _member("600000007", at, "COMPLETE", "COMPLETE", claimDate=None, closeDate=_day(at, 3))
    undated["attributes"]["claimPhaseDates"]["phaseChangeDate"] = None
    return [*members, undated]


def mobile_claim(at: datetime) -> dict[str, Any]:
    """A claim as the VA mobile API v0 sends it to the app: back at step 3, with one request open."""
    attributes = {
        "dateFiled": _day(at, 94),
        "minEstDate": None,
        "maxEstDate": None,
        "phaseChangeDate": _day(at, 12),
        "open": True,
        "waiverSubmitted": False,
        "requestedDecision": False,
        "documentsNeeded": True,
        "developmentLetterSent": True,
        "decisionLetterSent": False,
        "phase": 3,
        "everPhaseBack": None,
        "currentPhaseBack": True,
        "claimType": "Compensation",
        "claimTypeCode": "020NEW",
        "claimTypeBase": "disability compensation claim",
        "displayTitle": "Claim for disability compensation",
        "contentionList": [_CONDITION, _OTHER_CONDITION],
        "vaRepresentative": _REPRESENTATIVE,
        "eventsTimeline": _timeline(at),
        "updatedAt": None,
    }
    return {"data": {"id": "600000008", "type": "claim", "attributes": attributes}}


def mobile_list_item(at: datetime) -> dict[str, Any]:
    """A claim as it stands in the app's list, where `updatedAt` is the day of the phase change."""
    attributes = {
        "subtype": "Compensation",
        "completed": False,
        "dateFiled": _day(at, 94),
        "updatedAt": _day(at, 12),
        "displayTitle": "Claim for disability compensation",
        "claimTypeCode": "020NEW",
        "decisionLetterSent": False,
        "documentsNeeded": False,
        "developmentLetterSent": True,
        "phase": "3",
    }
    return {"id": "600000009", "type": "claim", "attributes": attributes}


def caseflow_appeals(at: datetime) -> list[dict[str, Any]]:
    """One appeal of each kind, and one whose status VA spells in a way that its own list does not have."""
    return [
        _appeal(at, "9000001", "legacyAppeal", "remand_ssoc", {"nod": 900, "soc": 600, "ssoc": 40}),
        _appeal(at, "A9000002", "appeal", "on_docket", {"claim_decision": 400, "ama_nod": 300}),
        _appeal(at, "SC90003", "supplementalClaim", "sc_recieved", {"sc_request": 60}),
        _appeal(at, "HLR90004", "higherLevelReview", "hlr_received", {"hlr_request": 45}),
        _appeal(at, "9000005", "legacyAppeal", "death", {"nod": 1200}, active=False, programArea=None),
    ]


def _before(at: datetime, **ago: float) -> str:
    return (at - timedelta(**ago)).isoformat()


def _day(at: datetime, days: int) -> str:
    return (at - timedelta(days=days)).date().isoformat()


def _claim_attributes(at: datetime, *, filed: int, changed: int, status: str) -> dict[str, Any]:
    return {
        "claimDate": _day(at, filed),
        "claimPhaseDates": {"phaseChangeDate": _day(at, changed)},
        "claimType": "Compensation",
        "closeDate": None,
        "decisionLetterSent": False,
        "developmentLetterSent": False,
        "documentsNeeded": False,
        "endProductCode": "020",
        "evidenceWaiverSubmitted5103": False,
        "lighthouseId": None,
        "status": status,
    }


def _member(id_: str, at: datetime, phase: str, status: str, **changes: Any) -> dict[str, Any]:
    filed = 30 * (list(PHASE_TYPES).index(phase) + 1)
    attributes = _claim_attributes(at, filed=filed, changed=5, status=status)
    attributes["claimPhaseDates"]["phaseType"] = phase
    attributes |= {"baseEndProductCode": "020", "claimTypeCode": "020CLMINC"} | changes
    return {"id": id_, "type": "claim", "attributes": attributes}


def _documents(at: datetime) -> list[dict[str, Any]]:
    document = {
        "documentId": _DOCUMENT_ID,
        "documentTypeLabel": _DOCUMENT,
        "originalFileName": _FILE_NAME,
        "trackedItemId": 500001,
        "uploadDate": _day(at, 9),
    }
    return [document]


def _tracked_items(at: datetime) -> list[dict[str, Any]]:
    def item(id_: int, name: str, status: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": id_,
            "displayName": name,
            "description": _REQUEST_TEXT,
            "status": status,
            "overdue": False,
            "requestedDate": _day(at, 12),
            "receivedDate": None,
            "closedDate": None,
            "suspenseDate": _day(at, -18),
            "uploadsAllowed": True,
        } | changes

    return [
        item(500001, _ANSWERED_REQUEST, "SUBMITTED_AWAITING_REVIEW", receivedDate=_day(at, 9)),
        item(500002, _REQUEST, "NEEDED_FROM_YOU"),
        item(500003, _REQUEST, "NEEDED_FROM_YOU", closedDate=_day(at, 2)),
        item(500004, _SENSITIVE_REQUEST, "NEEDED_FROM_YOU", isSensitive=True),
    ]


def _timeline(at: datetime) -> list[dict[str, Any]]:
    needed = {"type": "still_need_from_you_list", "status": "NEEDED", "description": _REQUEST_TEXT}
    return [
        {**needed, "trackedItemId": 500002, "displayName": _REQUEST, "date": _day(at, 12)},
        {**needed, "trackedItemId": 500004, "displayName": _SENSITIVE_REQUEST, "isSensitive": True},
        {"type": "received_from_you_list", "status": "NEEDED", "displayName": _ANSWERED_REQUEST},
        {"type": "other_documents_list", "fileType": _DOCUMENT, "filename": _FILE_NAME},
        {"type": "filed", "date": _day(at, 94)},
    ]


def _appeal(
    at: datetime, id_: str, kind: str, status: str, events: dict[str, int], **changes: Any
) -> dict[str, Any]:
    issues = [
        {
            "active": True,
            "date": None,
            "description": text,
            "diagnosticCode": _DIAGNOSTIC_CODE,
            "lastAction": None,
        }
        for text in (_ISSUE, _OTHER_ISSUE)
    ]
    attributes = {
        "appealIds": [id_],
        "updated": _before(at, hours=20),
        "incompleteHistory": False,
        "active": True,
        "description": _APPEAL_TEXT,
        "location": "bva" if kind == "appeal" else "aoj",
        "aoj": "vba",
        "programArea": "compensation",
        "status": {"type": status, "details": {}},
        "alerts": [],
        "aod": False,
        "docket": None,
        "issues": issues,
        "events": [{"type": name, "date": _day(at, days)} for name, days in events.items()],
        "evidence": [],
    }
    return {"id": id_, "type": kind, "attributes": attributes | changes}
