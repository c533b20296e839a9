"""The half that whoever writes detectors may read."""

from __future__ import annotations

from tests.redaction.labelled.known.contact import CONTACT
from tests.redaction.labelled.known.ids import IDS
from tests.redaction.labelled.known.mixed import MIXED
from tests.redaction.labelled.known.names import NAMES
from tests.redaction.labelled.known.papers import PAPERS
from tests.redaction.labelled.known.plain_notes import PLAIN_NOTES
from tests.redaction.labelled.known.plain_numbers import PLAIN_NUMBERS
from tests.redaction.labelled.known.plain_words import PLAIN_WORDS

KNOWN = (*IDS, *CONTACT, *PAPERS, *NAMES, *MIXED, *PLAIN_NOTES, *PLAIN_NUMBERS, *PLAIN_WORDS)
