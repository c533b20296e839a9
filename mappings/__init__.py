"""What our org calls things. Edit these files when a field, a picklist or a queue changes.

Each file says one thing: `case.py` and `task.py` what is written where, `contact.py` which record stands
for the person, `ramps.py` which screens hand off to which line and queue, `screen_pop.py` the words that
agents read, `report.py` what the daily report has, `triage.py` which of its cases are technical (by the words
in `triage_words.py` and `triage_failures.py`). Keep your own package of the same shape and name it in
SF_HANDOFF_MAPPINGS.
"""

from __future__ import annotations

from sf_handoff.mapping import MappingSet

from .case import CASE
from .contact import CONTACT
from .ramps import RAMPS
from .report import REPORT
from .screen_pop import WORDS
from .task import TASK
from .triage import TRIAGE

MAPPINGS = MappingSet(
    person=CONTACT, case=CASE, task=TASK, ramps=RAMPS, pop=WORDS, report=REPORT, triage=TRIAGE
)
