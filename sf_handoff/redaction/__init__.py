"""What may leave the CRM: text from which personal data was taken, and nothing else.

    part = scrub(row.subject, People.of([row.contact_name]))      # or Unclean: nothing is filed
    body = compose("Reported: {subject}", subject=part)

`Scrubbed` is a type of its own, so that a ticket made from plain text is a type error. Only `scrub`,
`compose` and `fence` make one. The detectors and their lists are loaded when they are first needed.
"""

from __future__ import annotations

from sf_handoff.redaction.composing import compose, fence
from sf_handoff.redaction.scrubbed import NOBODY, People, Scrubbed, Unclean
from sf_handoff.redaction.scrubbing import kinds_in, scrub

__all__ = ["NOBODY", "People", "Scrubbed", "Unclean", "compose", "fence", "kinds_in", "scrub"]
