"""Which record stands for the person, and which identifier of the payload finds it.

An org with Person Accounts names Account and its external id here, has `Account` as the link in case.py, and
drops `Who` from task.py: a Task's person is a Contact or a Lead.
"""

from __future__ import annotations

from sf_handoff.mapping import PersonLink

CONTACT = PersonLink(
    sobject="Contact",
    key="ICN__c",
    length=17,
    label="Integration Control Number",
    identifier=lambda veteran: veteran.icn,
)
