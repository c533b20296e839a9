"""The third set: longer notes, written apart from the detectors and from both halves."""

from __future__ import annotations

from tests.redaction.labelled.later.again import AGAIN
from tests.redaction.labelled.later.claims import CLAIMS
from tests.redaction.labelled.later.health import HEALTH
from tests.redaction.labelled.later.letters_benefits import LETTERS_BENEFITS
from tests.redaction.labelled.later.longer import LONGER
from tests.redaction.labelled.later.mail import MAIL
from tests.redaction.labelled.later.mobile import MOBILE
from tests.redaction.labelled.later.more import MORE
from tests.redaction.labelled.later.profile import PROFILE
from tests.redaction.labelled.later.signing_in import SIGNING_IN

LATER = (*SIGNING_IN, *CLAIMS, *HEALTH, *MOBILE, *PROFILE, *LETTERS_BENEFITS, *MAIL, *MORE, *LONGER, *AGAIN)
