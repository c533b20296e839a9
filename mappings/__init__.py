"""What our org calls things. Edit these files when a field, a picklist or a queue changes.

Each file says one thing: `case.py` and `task.py` what is written where, `follow_ups.py` what a call, its
outcome or a callback changes later, `sweep.py` what the nightly sweep does, `contact.py` which record stands
for the person, `ramps.py` which screens hand off to which line and queue, `binding.py` how a call is matched
to a tap, `screen_pop.py` the words that agents read, `report.py` what the daily report has, `triage.py` which
of its cases are technical (by the words in `triage_words.py` and `triage_failures.py`), `ticket.py` how
tickets look, `labels.py` and `owners.py` where they go, `clocks.py` by when what is due on one, `notices/`
what customers are told when one is resolved, `answers.py` what is read of their Cases for that, and written
back.

Keep your own package of the same shape and name it in SF_HANDOFF_MAPPINGS.
"""

from __future__ import annotations

from sf_handoff.mapping import MappingSet

from .answers import ANSWERS
from .binding import METHODS
from .case import CASE
from .clocks import CLOCKS
from .contact import CONTACT
from .follow_ups import FOLLOW_UPS
from .labels import LABELS
from .notices import NOTICES
from .owners import OWNERS
from .ramps import RAMPS
from .report import REPORT
from .screen_pop import WORDS
from .sweep import SWEEP
from .task import TASK
from .ticket import TICKETS
from .triage import TRIAGE

MAPPINGS = MappingSet(
    person=CONTACT,
    case=CASE,
    task=TASK,
    follow_ups=FOLLOW_UPS,
    ramps=RAMPS,
    pop=WORDS,
    report=REPORT,
    triage=TRIAGE,
    tickets=TICKETS,
    labels=LABELS,
    owners=OWNERS,
    clocks=CLOCKS,
    methods=METHODS,
    sweep=SWEEP,
    notices=NOTICES,
    answers=ANSWERS,
)
