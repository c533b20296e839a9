"""The words and the policy of the screen pop that an organisation may want to say its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PopWords:
    """`levels` says in words what each match level (0 to 5) proves.

    `must_verify` and `blocked_actions` hold at every level: a pop is not authentication. `do_not_ask` is
    empty until a deployment's policy fills it, by level. `agent_words` are what the agents' own system
    calls a phase, by phase code, shown beside the heading that the Veteran saw.
    """

    levels: tuple[str, str, str, str, str, str]
    must_verify: tuple[str, ...]
    blocked_actions: tuple[str, ...]
    always: tuple[str, ...]
    do_not_ask: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    agent_words: Mapping[str, str] = field(default_factory=dict)
