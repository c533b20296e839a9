"""What agents read: what a match proves, what it does not, and the words of their own system."""

from __future__ import annotations

from sf_handoff.calls.pop_words import PopWords
from sf_handoff.calls.shapes.desktop import Desktop, Flow

# The active screen flow that Open CTI opens on a call, with its input variables as they stand in the org, and
# which of our facts goes into each. Without a flow the Case opens.
FLOW = Flow(
    name="App_Handoff_Pop",
    inputs={
        "recordId": "String",
        "handoffRef": "String",
        "matchLevel": "Number",
        "assurance": "String",
        "openingQuestion": "String",
        "whatTheySaw": "String",
        "warnings": "String",
        "dataAsOf": "Date",
        "observedAt": "DateTime",
    },
    gives={
        "recordId": "case_id",
        "handoffRef": "handoff_ref",
        "matchLevel": "level",
        "assurance": "assurance",
        "openingQuestion": "opening_question",
        "whatTheySaw": "saw",
        "warnings": "warnings",
        "dataAsOf": "data_as_of",
        "observedAt": "observed_at",
    },
)

WORDS = PopWords(
    levels=(
        "Not identified: use your full identification protocol.",
        "Possible match by caller number only. Numbers can be forged or shared: confirm who is calling.",
        "Possible match by a caller number that the carrier vouches for. Confirm who is calling.",
        "Called with a code from the app. The number or the sign-in does not confirm it: see the reasons.",
        "Called with a code from a signed-in app session, from the number on file.",
        "Called from inside the signed-in app.",
    ),
    could_not_check=(
        "Could not check who is calling. This does not mean that there is no record: use your full "
        "identification protocol."
    ),
    must_verify=("who is calling, by your own protocol",),
    blocked_actions=("change of address", "change of direct deposit"),
    always=(
        "A change of address or direct deposit needs the full identification protocol, whatever this page "
        "shows.",
        "Someone else on the line (a relative, a representative, a fiduciary, a survivor)? Disclose nothing "
        "until their authority is confirmed, and mark the call as third party.",
    ),
    # Looked for as whole words, in the errors that the app showed and in what the Veteran had opened.
    crisis_words=(
        "crisis line",
        "suicide",
        "suicidal",
        "kill myself",
        "killing myself",
        "end my life",
        "take my life",
        "want to die",
        "better off dead",
        "hurt myself",
        "harm myself",
        "self harm",
        "overdose",
    ),
    crisis_warning=(
        "Crisis: something that the app showed points to danger. If the caller may be in danger, stay on the "
        "line and transfer them warmly to the Veterans Crisis Line: 988, then press 1."
    ),
    no_claim_screens=("NoClaimsAndAppealsAccess",),
    # Filled by the policy of a deployment: {4: ("date of birth",)} would spare that question at level 4.
    do_not_ask={},
    # What the agents' own claims system calls a phase, by phase code, where it is known for certain.
    agent_words={},
    # `Desktop(flow=FLOW)` opens the flow on every call. In `voice_flow`: the input variables of the flow that
    # routes voice calls, and which of our facts goes into each.
    desktop=Desktop(voice_flow={"handoffRef": "handoff_ref", "matchLevel": "level", "queueHint": "queue"}),
)
