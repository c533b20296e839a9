"""The words and the policy of the screen pop that an organisation may want to say its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sf_handoff.calls.shapes.desktop import Desktop


@dataclass(frozen=True)
class PopWords:
    """What is said on a pop, and what opens.

    `levels` says in words what each match level (0 to 5) proves, `could_not_check` that nobody looked.
    `must_verify`, `blocked_actions` and the warnings in `always` hold at every level: a pop is not
    authentication. `do_not_ask` is empty until a deployment's policy fills it, by level. `agent_words` are
    what the agents' own system calls a phase, by phase code, shown beside the heading that the Veteran saw.
    Where the app had shown one of `crisis_words`, `crisis_warning` comes before all other warnings.
    `no_claim_screens` are the screens on which the app says that there is no claim. `desktop` says what
    opens on a call.
    """

    levels: tuple[str, str, str, str, str, str]
    could_not_check: str
    must_verify: tuple[str, ...]
    blocked_actions: tuple[str, ...]
    always: tuple[str, ...]
    crisis_words: tuple[str, ...]
    crisis_warning: str
    no_claim_screens: tuple[str, ...] = ()
    do_not_ask: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    agent_words: Mapping[str, str] = field(default_factory=dict)
    desktop: Desktop = field(default_factory=Desktop)
