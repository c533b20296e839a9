"""The org as the handlers see it: its schema, its database, its clock and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sf_handoff.embedded.database import Database
from sf_handoff.embedded.faults import Faults
from sf_handoff.embedded.schema import Schema


@dataclass(frozen=True)
class Identity:
    """What the org's app is known by to its clients. Signatures and secrets are checked against these."""

    client_id: str
    client_secret: str
    username: str
    public_key: str


@dataclass(frozen=True)
class Org:
    """`default_owner` is the queue that the Case assignment rule gives every Case to, if there is a rule.

    `since` is when it was started: its describes have not changed after that.
    """

    schema: Schema
    database: Database
    identity: Identity
    clock: Callable[[], datetime]
    since: datetime
    default_owner: str | None = None
    daily_calls: int = 100_000
    faults: Faults = field(default_factory=Faults)

    @property
    def user_id(self) -> str:
        """The running user's; empty only while that user is being made."""
        row = self.database.row('SELECT "Id" FROM "User" WHERE "Username" = ?', self.identity.username)
        return str(row["Id"]) if row else ""

    @property
    def organization_id(self) -> str:
        row = self.database.row('SELECT "Id" FROM "Organization"')
        return str(row["Id"]) if row else ""

    @property
    def timezone(self) -> ZoneInfo:
        """The running user's, by which TODAY is reckoned."""
        row = self.database.row('SELECT "TimeZoneSidKey" FROM "User" WHERE "Id" = ?', self.user_id)
        return ZoneInfo(row["TimeZoneSidKey"] if row else "UTC")

    def now(self) -> str:
        return stamp(self.clock())


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """As Salesforce writes and this org stores a moment: in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
