"""The records an org has before anyone writes to it. Those already there are left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded.org import Org
from sf_handoff.embedded.schema import SObject
from sf_handoff.embedded.values import parsed
from sf_handoff.embedded.writing import Writer
from sf_handoff.errors import Misconfigured

DEFAULT_OWNER = "Default_Case_Owner"
NAMED = ("DeveloperName",)


@dataclass(frozen=True)
class Seeds:
    """`queues` and `record_types` (of Case) are DeveloperNames, `people` the person records."""

    queues: Iterable[str] = ()
    record_types: Iterable[str] = ()
    people: Iterable[Mapping[str, Any]] = ()
    person: str = "Contact"
    person_key: str = ""


def plant(org: Org, seeds: Seeds) -> str:
    """Write what is missing; the id of the default Case owner."""
    planter = Planter(org)
    with org.database.transaction():
        planter.system("User", _user(org.identity.username))
        planter.system("Organization", {"Name": "Embedded org of sf-handoff", "InstanceName": "EO0"})
        for name in seeds.record_types:
            planter.ensure("RecordType", named(name, SobjectType="Case", IsActive=True), NAMED)
        for name in seeds.queues:
            planter.ensure("Group", named(name, Type="Queue"), NAMED)
        for person in seeds.people:
            known_by = (seeds.person_key,) if person.get(seeds.person_key) else tuple(person)
            planter.ensure(seeds.person, person, known_by)
        return planter.ensure("Group", named(DEFAULT_OWNER, Type="Queue"), NAMED)


@dataclass(frozen=True)
class Planter:
    org: Org

    def ensure(self, name: str, values: Mapping[str, Any], known_by: tuple[str, ...]) -> str:
        """The id of the record that holds `values` in the fields `known_by`; made if there is none."""
        sobject = self.sobject(name)
        found = self._find(sobject, {each: values[each] for each in known_by})
        return found or Writer(self.org, sobject, assign=False).create(values)

    def system(self, name: str, values: Mapping[str, Any]) -> None:
        """A record that no client may create."""
        sobject = self.sobject(name)
        if not self.org.database.select(sobject):
            Writer(self.org, sobject, assign=False).create_unchecked(values)

    def sobject(self, name: str) -> SObject:
        found = self.org.schema.get(name)
        if found is None:
            raise Misconfigured(f"The embedded org has no sObject {name}.")
        return found

    def _find(self, sobject: SObject, values: Mapping[str, Any]) -> str | None:
        fields = {name: sobject.field(name) for name in values}
        same = {each.name: parsed(each, values[name]) for name, each in fields.items() if each}
        found = self.org.database.select(sobject, same) if len(same) == len(values) else []
        return str(found[0]["Id"]) if found else None


def named(name: str, **values: Any) -> dict[str, Any]:
    return {"DeveloperName": name, "Name": name.replace("_", " "), **values}


def _user(username: str) -> dict[str, Any]:
    return {
        "Username": username,
        "Email": username,
        "Alias": "integr",
        "FirstName": "Integration",
        "LastName": "User",
        "IsActive": True,
    }
