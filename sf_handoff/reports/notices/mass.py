"""When very many wait: a banner and a mail to all of them, drafted for approval. Nothing is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sf_handoff.errors import Rejected
from sf_handoff.redaction import NOBODY, People
from sf_handoff.reports.notices.rendering import Rendered, Templates
from sf_handoff.reports.notices.routes import routes
from sf_handoff.reports.notices.values import Route, Waiting


@dataclass(frozen=True)
class Audience:
    """How many different people wait, and how many of them may be written to. A case without a person's
    record counts as one."""

    people: int
    by_email: int

    @property
    def words(self) -> str:
        return f"{self.people:,} people wait; {self.by_email:,} of them may be written to."


@dataclass(frozen=True)
class MassDraft:
    """What everybody could be told about a ticket, until somebody has approved it."""

    mass_id: str
    ticket: int
    audience: Audience
    banner: Rendered
    mail: Rendered
    approved: bool = False

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.banner.digest} {self.mail.digest}".encode()).hexdigest()


def audience(waiting: Iterable[Waiting]) -> Audience:
    """Of these cases, each person once."""
    cases = list(waiting)
    people = {each.person or each.case_id for each in cases}
    reached = (each.waiting for each in routes(cases) if each.route is not Route.NO_OUTREACH)
    return Audience(len(people), sum(each.email_there for each in reached))


def mass_draft(
    templates: Templates,
    cases: Iterable[Waiting],
    *,
    ticket_id: str,
    ticket: int,
    product: str | None,
    customer_text: str,
    people: People = NOBODY,
) -> MassDraft | None:
    """The drafts, from as many people on as the map says; for fewer there is none.

    `customer_text` is what Insights & Analytics wrote for customers.
    """
    maps = templates.map
    size = audience(cases)
    if size.people < maps.mass_from:
        return None
    known = {"about": maps.about_product(product), "customer_text": customer_text}
    banner, mail = (
        templates.render(each, {name: known[name] for name in each.placeholders if name in known}, people)
        for each in (maps.template(maps.banner), maps.template(maps.mass_mail))
    )
    mass_id = hashlib.sha256(json.dumps(["mass", ticket_id]).encode()).hexdigest()[:40]
    return MassDraft(mass_id, ticket, size, banner, mail)


def approve_mass(drafted: MassDraft, digest: str) -> MassDraft:
    """Approved, if `digest` is of the texts as they are now."""
    if digest != drafted.digest:
        raise Rejected("The texts are other ones than were shown. Look at them again.", code="CHANGED")
    return replace(drafted, approved=True)
