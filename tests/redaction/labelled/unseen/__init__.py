"""The half for measuring alone: whoever writes detectors does not read it before the first measurement."""

from __future__ import annotations

from tests.redaction.labelled.unseen.contact import CONTACT
from tests.redaction.labelled.unseen.ids import IDS
from tests.redaction.labelled.unseen.mixed import MIXED
from tests.redaction.labelled.unseen.names import NAMES
from tests.redaction.labelled.unseen.papers import PAPERS
from tests.redaction.labelled.unseen.plain_notes import PLAIN_NOTES
from tests.redaction.labelled.unseen.plain_numbers import PLAIN_NUMBERS
from tests.redaction.labelled.unseen.plain_words import PLAIN_WORDS

UNSEEN = (*IDS, *CONTACT, *PAPERS, *NAMES, *MIXED, *PLAIN_NOTES, *PLAIN_NUMBERS, *PLAIN_WORDS)
