"""Contact attributes as the Lambdas of Service Cloud Voice for Amazon Connect read them.

`sfdc-` ones become `callAttributes` of the VoiceCall, `flowInput-` ones input of the flow that routes it,
both without the prefix.
https://developer.salesforce.com/docs/service/voice-dev-guide/guide/voice-lambda-invoketelephonyintegration.html
"""

from __future__ import annotations

from collections.abc import Mapping

from sf_handoff.calls.pop_document import ScreenPop
from sf_handoff.calls.shapes.connect import fitted
from sf_handoff.calls.shapes.desktop import Desktop
from sf_handoff.calls.shapes.facts import facts, written

CALL, FLOW = "sfdc-", "flowInput-"


def voice_call(pop: ScreenPop, desktop: Desktop) -> dict[str, str]:
    """The pop as attributes with Salesforce's prefixes, within Amazon Connect's limits."""

    def spelled(said: Mapping[str, object]) -> dict[str, str]:
        call = {f"{CALL}{name}": written(value) for name, value in said.items()}
        flow = {
            f"{FLOW}{variable}": written(said[fact])
            for variable, fact in desktop.voice_flow.items()
            if fact in said
        }
        return call | flow

    return fitted(facts(pop), spelled)
