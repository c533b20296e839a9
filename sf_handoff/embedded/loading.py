"""Cases that come from elsewhere, with their own dates: all of them in one transaction, or none.

They are written as by an administrator who has the permission Set Audit Fields upon Record Creation. No
client can reach this.
https://help.salesforce.com/s/articleView?id=000386065&type=1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sf_handoff.embedded.org import Org
from sf_handoff.embedded.seed import NAMED, Planter, named
from sf_handoff.embedded.writing import Writer
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import PersonLink


@dataclass(frozen=True)
class Incoming:
    """A Case to load. `record_type` is a DeveloperName, `person` a record of the person link's sObject.

    Both are made if the org has not got them; a person is known by the link's key.
    """

    fields: Mapping[str, Any]
    record_type: str | None = None
    person: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Loader:
    """Loads Cases into `org`, whose people are kept as `person` says."""

    org: Org
    person: PersonLink
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def load(self, name: str, what: str, cases: Iterable[Incoming]) -> int:
        """How many Cases came in: none, and none is looked at, where `name` was loaded before.

        `what` says what it holds; under one name it is always the same.
        """
        with self.org.database.transaction():
            before = self.org.database.row("SELECT what FROM _loads WHERE name = ?", name)
            if before and before["what"] != what:
                raise Misconfigured(f"The embedded org has {name} already: {before['what']}.")
            if before:
                return 0
            self.org.database.execute("INSERT INTO _loads VALUES (?, ?)", name, what)
            writer = Writer(self.org, Planter(self.org).sobject("Case"), assign=False, sets_audit=True)
            return sum(1 for each in cases if writer.create(self._body(each)))

    def _body(self, case: Incoming) -> dict[str, Any]:
        body = dict(case.fields)
        if case.record_type:
            values = named(case.record_type, SobjectType="Case", IsActive=True)
            body["RecordTypeId"] = self._ensured("RecordType", values, *NAMED)
        if case.person:
            body[f"{self.person.sobject}Id"] = self._ensured(
                self.person.sobject, case.person, self.person.key
            )
        return body

    def _ensured(self, sobject: str, values: Mapping[str, Any], key: str) -> str:
        place = (sobject, str(values[key]))
        if place not in self._known:
            self._known[place] = Planter(self.org).ensure(sobject, values, (key,))
        return self._known[place]
