"""The pop for a terminal."""

from __future__ import annotations

from sf_handoff.calls.pop_document import ScreenPop
from sf_handoff.calls.shapes.headline import headline


def text(pop: ScreenPop) -> str:
    """The pop as lines: who, what they saw, what to ask; then what to be careful about."""
    first = headline(pop)
    lines = [
        f"WHO    {first.who} (level {pop.assurance.level} of 5). {first.sure}",
        f"SAW    {first.saw} {first.when}".rstrip(),
        f"ASK    {first.ask}",
        "",
        *(f"care   {warning}" for warning in pop.warnings),
        *(f"why    {reason}" for reason in pop.assurance.reasons),
        *(f"check  {what}" for what in pop.assurance.must_still_verify),
        *(f"spare  {what}" for what in pop.assurance.do_not_ask),
        *(f"note   {note}" for note in pop.notes),
    ]
    if pop.case:
        lines.append(f"case   {pop.case.number or pop.case.id}")
    return "\n".join(lines)
