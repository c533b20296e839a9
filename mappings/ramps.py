"""Which screens may hand off, to which line and queue; and the lines that are never touched.

The destination org belongs to the ramp: the benefits line and the White House VA Hotline are different
organisations. Queues and record types are DeveloperNames; their Ids are looked up in the org.
"""

from __future__ import annotations

from datetime import time

from sf_handoff.calls.ramps import Line, Ramp, Ramps
from sf_handoff.worktime import Hours

BENEFITS = Line(
    name="VA benefits hotline",
    number="+18008271000",
    display="800-827-1000",
    hours=Hours(opens=time(8), closes=time(21)),
    collects_codes=True,
    calls_back=True,
)
MYVA411 = Line(name="MyVA411 main information line", number="+18006982411", display="800-698-2411")
WHITE_HOUSE = Line(name="White House VA Hotline", number="+18559482311", display="855-948-2311")


def claims_ramp(screen: str, about: str) -> Ramp:
    return Ramp(
        screen=screen,
        about=about,
        queue="App_Handoff_Claims",
        record_type="App_Handoff",
        origin="Mobile App",
        rule="claims screens go to the claims branch",
        layers_skipped=1,
    )


RAMPS = Ramps(
    ramps=(
        claims_ramp("ClaimStatus", "claim status"),
        claims_ramp("AppealDetailsScreen", "appeal status"),
        claims_ramp("NoClaimsAndAppealsAccess", "no claims shown"),
        claims_ramp("ClaimsList", "list of claims"),
    ),
    unlisted=Ramp(
        screen="*",
        about="another screen",
        queue="App_Handoff_General",
        record_type="App_Handoff",
        origin="Mobile App",
        rule="screens without a ramp go to the general branch",
    ),
    lines=(BENEFITS, MYVA411, WHITE_HOUSE),
    # 988 and its text and TTY numbers, and the number it had before.
    crisis_numbers=frozenset({"988", "838255", "+18007994889", "+18002738255"}),
)
