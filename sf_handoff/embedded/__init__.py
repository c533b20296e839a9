"""A Salesforce org and an issue tracker on loopback, for the quick start and the tests.

They speak HTTP like the real ones as far as they go, and refuse in the vendors' shapes what they do not have.
Their records are invented. Needs the extra `embedded`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sf_handoff.embedded import oauth, reports_kept, usage
from sf_handoff.embedded.app import Site
from sf_handoff.embedded.database import Database
from sf_handoff.embedded.faults import Fault, Faults
from sf_handoff.embedded.folder import Folder
from sf_handoff.embedded.loading import Incoming, Loader
from sf_handoff.embedded.org import Identity, Org, utc_now
from sf_handoff.embedded.reports_declared import Report
from sf_handoff.embedded.schema import Schema, SObject
from sf_handoff.embedded.seed import Seeds, plant
from sf_handoff.embedded.server import HOST, listening
from sf_handoff.embedded.tracker import Tracker, TrackerSeeds
from sf_handoff.embedded.tracker.handle import opened
from sf_handoff.embedded.values import rendered
from sf_handoff.embedded.writing import Writer
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet, PersonLink

NEW_TRACKER = TrackerSeeds()
__all__ = ["Embedded", "Fault", "Faults", "Incoming", "Report", "Tracker", "TrackerSeeds", "running"]


class Embedded:
    """A running org: where it is, how to sign in, and what tests want to see and do behind its API.

    `audience` is the `aud` for the JWT flow; its own https address and login.salesforce.com do as well.
    `control` is where other processes order faults; who knows it may. `tracker` stands beside it. `report_id`
    is of the report that was declared first.
    """

    audience = oauth.TEST

    def __init__(
        self,
        site: Site,
        folder: Folder,
        ports: tuple[int, int],
        tracker: Tracker,
        person: PersonLink,
        report_id: str = "",
    ) -> None:
        self._site, self._person, self.report_id = site, person, report_id
        self._org = site.org
        self.faults = site.org.faults
        self.http, self.https = f"http://{HOST}:{ports[0]}", f"https://{HOST}:{ports[1]}"
        self.control = self.http + site.control
        self.tracker = tracker
        tracker.stands_at(self.https)
        self.ca_file = folder.ca
        self.private_key_file = folder.app_key

    @property
    def client_id(self) -> str:
        return self._org.identity.client_id

    @property
    def client_secret(self) -> str:
        return self._org.identity.client_secret

    @property
    def username(self) -> str:
        return self._org.identity.username

    @property
    def api_calls(self) -> int:
        """Calls counted since the org was made, by all processes."""
        return usage.ever(self._org)

    @property
    def requests(self) -> list[str]:
        """The last requests to this process, oldest first, as `METHOD path`."""
        return list(self._site.seen.last)

    def access_token(self) -> str:
        with self._org.database.transaction():
            return oauth.open_session(self._org)

    def expire_sessions(self) -> None:
        with self._org.database.transaction():
            oauth.end_sessions(self._org)

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """Every record that is not deleted, in the order of creation, with the fields that are stored."""
        found = self._sobject(sobject)
        with self._org.database.transaction():
            rows = self._org.database.select(found)
        return [{each.name: rendered(each, row[each.name]) for each in found.stored} for row in rows]

    def create(self, sobject: str, **fields: Any) -> str:
        """A new record, as an agent would make one: no assignment rule, no fault, no call counted.

        Like an administrator's data loader it may set CreatedDate and its like.
        """
        with self._org.database.transaction():
            return self._writer(sobject).create(fields)

    def update(self, sobject: str, record_id: str, **fields: Any) -> None:
        with self._org.database.transaction():
            self._writer(sobject).update(record_id, fields)

    def load_cases(self, name: str, what: str, cases: Iterable[Incoming]) -> int:
        """Load many Cases at once; how many came in. What came in under this `name` is not loaded again."""
        return Loader(replace(self._org, faults=Faults()), self._person).load(name, what, cases)

    def _writer(self, sobject: str) -> Writer:
        return Writer(
            replace(self._org, faults=Faults()), self._sobject(sobject), assign=False, sets_audit=True
        )

    def _sobject(self, name: str) -> SObject:
        found = self._org.schema.get(name)
        if found is None:
            raise Misconfigured(f"The embedded org has no sObject {name}.")
        return found


@contextmanager
def running(
    folder: Path,
    mappings: MappingSet,
    *,
    port: int = 0,
    queues: Iterable[str] = (),
    record_types: Iterable[str] = (),
    contacts: Iterable[Mapping[str, Any]] = (),
    sobjects: Iterable[Mapping[str, Any]] = (),
    reports: Iterable[Report] = (),
    assignment_rule: bool = True,
    daily_calls: int = 100_000,
    tracker: TrackerSeeds = NEW_TRACKER,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Embedded]:
    """An org over `folder` until the block ends: plain on `port` and TLS on the next, or both on free ones.

    `queues` and `record_types` (of Case) are DeveloperNames; `contacts` become records of the person link's
    sObject; `sobjects` are describe documents of what the org has beside its own; `reports` are those it
    has; `tracker` is what the issue tracker starts with. Processes that run an org over the same folder share
    its records.
    """
    files = Folder(folder)
    schema = Schema.build(mappings.groups, mappings.person, sobjects, mappings.report)
    with closing(Database(files.database)) as database, opened(folder, tracker, clock) as beside:
        org = _made(schema, database, files.identity(database), clock)
        person = mappings.person
        owner = plant(org, Seeds(queues, record_types, contacts, person.sobject, person.key))
        with database.transaction():
            report_ids = reports_kept.keep(org, reports)
        rule = owner if assignment_rule else None
        site = Site(replace(org, default_owner=rule, daily_calls=daily_calls), beside.routes)
        with listening(site.app, port, files.certificate) as ports:
            yield Embedded(site, files, ports, beside, person, *report_ids[:1])


def _made(schema: Schema, database: Database, identity: Identity, clock: Callable[[], datetime]) -> Org:
    with database.transaction():
        database.make(schema)
    return Org(schema, database, identity, clock, since=clock())
