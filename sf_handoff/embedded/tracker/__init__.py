"""An issue tracker on loopback, beside the embedded org: GitHub's issues, and their place on a ZenHub board.

Both vendors' APIs stand over one database, so an issue filed through one is seen through the other.
"""

from __future__ import annotations

from sf_handoff.embedded.tracker.desk import Rules
from sf_handoff.embedded.tracker.handle import Tracker
from sf_handoff.embedded.tracker.seed import TrackerSeeds

__all__ = ["Rules", "Tracker", "TrackerSeeds"]
