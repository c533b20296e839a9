"""What agents read: what a match proves, what it does not, and the words of their own system."""

from __future__ import annotations

from sf_handoff.calls.pop_words import PopWords

WORDS = PopWords(
    levels=(
        "Not identified: use your full identification protocol.",
        "Possible match by caller number only. Numbers can be forged or shared: confirm who is calling.",
        "Possible match by a caller number that the carrier vouches for. Confirm who is calling.",
        "Called with a code from a signed-in app session. The number is unknown or another one.",
        "Called with a code from a signed-in app session, from the number on file.",
        "Called from inside the signed-in app.",
    ),
    must_verify=("who is calling, by your own protocol",),
    blocked_actions=("change of address", "change of direct deposit"),
    always=(
        "A change of address or direct deposit needs the full identification protocol, whatever this page "
        "shows.",
    ),
    # Filled by the policy of a deployment: {4: ("date of birth",)} would spare that question at level 4.
    do_not_ask={},
    # What the agents' own claims system calls a phase, by phase code, where it is known for certain.
    agent_words={},
)
