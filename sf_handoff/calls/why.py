"""What a code means, and what to do about it, for the people who read the outbox."""

from __future__ import annotations

import re
from enum import Enum

from sf_handoff.calls.policy import KeptOnly
from sf_handoff.retry import Verdict, verdict

NOTHING = "Nothing to do."
WAIT = "Wait, then: sf-handoff outbox resync"
ADMIN = "Tell the Salesforce admin"
MEND = "then send it again: sf-handoff outbox resync --status parked --id ID"


class Why(Enum):
    """Our own codes: what happened, and what to do."""

    UNREACHABLE = "no connection to Salesforce was made", WAIT
    TIMEOUT = "no answer came in time; it may have arrived, and sending it again doubles nothing", WAIT
    BROKEN_OFF = "the connection broke off; it may have arrived, and sending it again doubles nothing", WAIT
    NOT_JSON = "a page came instead of an answer, as in maintenance", WAIT
    BAD_ANSWER = "the answer was not readable, or did not fit the request", f"{ADMIN} if it stays. {WAIT}"
    REDIRECT = (
        "the address answered with a redirect, which is never followed",
        f"{ADMIN}: ORG must be the org's own My Domain address.",
    )
    TLS = (
        "the certificate could not be verified; nothing was sent",
        "Tell whoever runs this machine: ORG and CA_FILE.",
    )
    CLOCK = (
        "this machine's clock differs from Salesforce's; the sign-in was refused",
        "Tell whoever runs this machine to set its clock.",
    )
    CONFIG = (
        "the org or a setting is not as the connector needs it",
        f"{ADMIN}; the messages of the handoffs name it.",
    )
    ADDRESS = (
        "ORG is no https address, or not one of ALLOWED_HOSTS",
        "Tell whoever runs this machine: ORG and ALLOWED_HOSTS.",
    )
    AUTH = (
        "Salesforce refuses the sign-in",
        f"{ADMIN}: is the user active, the app approved, the certificate valid?",
    )
    LIMIT = (
        "the org's API calls for the day are used up",
        f"Wait some hours. {ADMIN} if it happens often.",
    )
    CONCURRENT = (
        "too many long calls run in the org at once",
        "Wait some seconds; then: sf-handoff outbox resync",
    )
    RESERVE = (
        "nearly all API calls of the day are used; the rest is left to live calls",
        f"Wait some hours. {ADMIN} if it happens often.",
    )
    NAME_NOT_FOUND = (
        "the org has no queue or record type of that DeveloperName",
        f"{ADMIN}; the message names it. Then: sf-handoff outbox resync",
    )
    MULTIPLE_MATCH = "several records carry the key", f"Keep one of them and delete the others; {MEND}"
    NO_CASE = (
        "the Case is not in the org any more, or hidden from the integration user",
        f"Nothing, if it was deleted on purpose: give it up. Else {ADMIN[0].lower()}{ADMIN[1:]}; {MEND}",
    )
    TAP_DUE = "the handoff that it belongs to is not sent yet", WAIT
    EARLIER_DUE = "what was told before it is not sent yet", WAIT
    TAP_PARKED = (
        "the handoff that it belongs to is parked",
        "Mend that one; then send both again: sf-handoff outbox resync --status parked",
    )
    TAP_GONE = (
        "what the store held of the handoff that it belongs to was emptied, or cannot be read",
        "It cannot be sent any more. Give it up: sf-handoff outbox discard ID --why …",
    )
    WRONG_PERSON = (
        "the call was matched to the wrong person; the match is undone, and the Case shows nobody any more",
        "Report it as a privacy incident, as your rules say.",
    )
    FORM = (
        "it was kept by another release, in a form that this one does not know",
        f"Use the release that kept it, or a newer one; {MEND}",
    )
    UNDONE = "the call was matched to the wrong person before this was sent; it is not sent any more", NOTHING
    INCOMPLETE = "not everything is written yet", WAIT
    TOO_LONG = (
        "a key or exact value is longer than its field",
        f"The admin mends the field or the map; {MEND}",
    )
    NOT_IN_PICKLIST = (
        "a value is not one that the map lists",
        f"The admin mends the picklist or the map; {MEND}",
    )
    MAP = "the maps failed on this handoff", f"Whoever keeps the maps mends them; {MEND}"
    STORE = "the store did not answer, or could not note the outcome", WAIT
    STOPPED = "the program was stopped while it was sent; sending it again doubles nothing", WAIT
    CRASH_LOOP = (
        "the program died three times while it was sent",
        f"Tell whoever runs this machine; {MEND}",
    )
    TAMPERED = (
        "what is stored of it was changed or moved, and is not believed",
        "Tell whoever runs this machine: it cannot be sent any more. Give it up: "
        "sf-handoff outbox discard ID --why …",
    )
    KEY = (
        "the key that some rows were sealed with is missing",
        "Tell whoever runs this machine: ENCRYPTION_KEYS must list the older key too.",
    )
    UNFORESEEN = "a failure that nobody foresaw; sending it again doubles nothing", WAIT
    DISCARDED = "a person gave it up, for the reason given", NOTHING

    @property
    def meaning(self) -> str:
        return self.value[0]

    @property
    def todo(self) -> str:
        return self.value[1]


def explained(code: str) -> tuple[str, str]:
    """What a code means and what to do about it; Salesforce's own ones by what they stand for."""
    if code in KeptOnly.__members__:
        return KeptOnly[code].value.rstrip("."), NOTHING
    if code in Why.__members__:
        return Why[code].meaning, Why[code].todo
    if code.upper() in _SIGN_IN:
        return Why.AUTH.meaning, Why.AUTH.todo
    status = re.fullmatch(r"HTTP_(\d{3})", code)
    return _BY_VERDICT[verdict(int(status[1]) if status else 400, code)]


_SIGN_IN = frozenset({"INVALID_GRANT", "INVALID_CLIENT", "INVALID_CLIENT_ID", "INACTIVE_USER"})
_REFUSED = "a rule of the org refused the record", f"The admin mends the rule or the map; {MEND}"
_PERSON = "the person's record could not be linked", WAIT
_BY_VERDICT: dict[Verdict, tuple[str, str]] = {
    Verdict.TRANSIENT: ("Salesforce is busy or in maintenance", WAIT),
    Verdict.CONTENTION: ("somebody else was changing the record at that moment", WAIT),
    Verdict.SIGN_IN: ("the session with Salesforce had ended", WAIT),
    Verdict.CAPACITY: Why.LIMIT.value,
    Verdict.REFUSED: _REFUSED,
    Verdict.SETUP: (
        "something is missing in the org, or hidden from the integration user",
        f"{ADMIN}; the message names it. Then: sf-handoff outbox resync",
    ),
    Verdict.UNSURE: (
        "Salesforce failed; it may have been written, and nothing is doubled by sending again",
        WAIT,
    ),
    Verdict.LINK_NONE: _PERSON,
    Verdict.LINK_SEVERAL: _PERSON,
    Verdict.EXISTS: (
        "another record has a value that must be unique",
        f"The admin mends that record; {MEND}",
    ),
    Verdict.SIBLING: _REFUSED,
}
