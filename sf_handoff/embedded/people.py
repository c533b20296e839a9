"""The invented people of the embedded org. Phone numbers are 555-01xx, as in films."""

from __future__ import annotations

from sf_handoff.mapping import PersonLink

_PEOPLE = (
    ("Jesse", "Gray", "+15035550142", "1234567890V123456"),
    ("Morgan", "Reyes", "+13045550117", "1000000001V100001"),
    ("Sam", "Okafor", "+12025550163", "1000000002V100002"),
)


def contacts(person: PersonLink) -> tuple[dict[str, str], ...]:
    """The people as Contacts, under the key that the maps use for a person."""
    return tuple(
        {"FirstName": first, "LastName": last, "Phone": phone, person.key: icn}
        for first, last, phone, icn in _PEOPLE
    )
