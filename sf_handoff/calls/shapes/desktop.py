"""What a deployment's desktop opens on a call, as it declares it in its maps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sf_handoff.calls.shapes.facts import FACTS, Kind
from sf_handoff.errors import Misconfigured

_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?!_))*(?<!_)")


@dataclass(frozen=True)
class Flow:
    """A screen flow: its input variables as they stand in the org, and which fact each of ours is given.

    Salesforce ignores an argument that the flow does not declare, without a word, so it is refused here: the
    flow would run without what the agent needs.
    """

    name: str
    inputs: Mapping[str, Kind]
    gives: Mapping[str, str]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise Misconfigured(f"flow {self.name!r}: not an API name.")
        for variable, fact in self.gives.items():
            self._check(variable, fact)

    def _check(self, variable: str, fact: str) -> None:
        if variable not in self.inputs:
            raise Misconfigured(
                f"flow {self.name}: it has no input variable {variable!r}.", fields=(variable,)
            )
        known(fact)
        takes, kind = self.inputs[variable], FACTS[fact].kind
        if takes not in (kind, "String"):
            raise Misconfigured(
                f"flow {self.name}: {variable!r} takes {takes}, and {fact!r} is {kind}.", fields=(variable,)
            )


@dataclass(frozen=True)
class Desktop:
    """`flow` opens on every call in Open CTI; without one the Case opens.

    `voice_flow` are input variables of the flow that routes Service Cloud Voice calls, and the fact for each.
    """

    flow: Flow | None = None
    voice_flow: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fact in self.voice_flow.values():
            known(fact)


def known(fact: str) -> None:
    """Raises Misconfigured for a name that is none of FACTS."""
    if fact not in FACTS:
        raise Misconfigured(f"{fact!r} is no fact of a pop. There are: {', '.join(FACTS)}.")
