"""`sample`: invented input to try things with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.talk import data, json_option, option, progress
from sf_handoff.errors import Misconfigured

if TYPE_CHECKING:
    from sf_handoff.embedded import Embedded, Incoming
    from sf_handoff.mapping import MappingSet
    from sf_handoff.reports.sample_day import SampleCase


@click.group()
def sample() -> None:
    """Invented input, of the real shape."""


@sample.command()
@option("--id", "handoff_id", help="The handoff's id; a new one without this.")
def handoff(handoff_id: str | None) -> None:
    """Print an invented handoff, tapped just now."""
    import uuid

    from sf_handoff.calls.samples import sample_handoff
    from sf_handoff.connector import utc_now

    data(sample_handoff(at=utc_now(), handoff_id=handoff_id or str(uuid.uuid4())), pretty=True)


@sample.command("day")
@option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day, in Eastern time.")
@option("--rows", type=click.IntRange(0, 1_000_000), required=True, help="How many cases it has.")
@option("--seed", type=int, default=1, show_default=True,
        help="Which of the invented days: the same seed has the same one.")  # fmt: skip
@option("--outage", is_flag=True, help="With one real outage among them.")
@json_option
def invented_day(day: datetime, rows: int, seed: int, outage: bool, json: bool) -> None:
    """Load an invented report day into the embedded org. A day that is there already is left as it is."""
    from sf_handoff.adapters.assembly import EMBEDDED_FOLDER, start_embedded
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.mapping import load

    settings = read_settings()
    if not settings.embedded:
        raise Misconfigured("ORG: invented days are loaded into the embedded org only; set ORG=embedded.")
    mappings = load(settings.mappings)
    with start_embedded(settings.folder / EMBEDDED_FOLDER, mappings) as org:
        summary = load_day(org, mappings, day.date(), rows, seed=seed, outage=outage)
        summary["report_id"] = org.report_id
    if json:
        data(summary)
    else:
        click.echo(in_words(summary))


def load_day(
    org: Embedded, mappings: MappingSet, day: date, rows: int, *, seed: int = 1, outage: bool = False
) -> dict[str, Any]:
    """Load an invented day; what it holds, and how many cases were `added` (none the second time)."""
    from sf_handoff.reports.sample_day import sample_day

    tally, cases = Tally(), sample_day(day, rows, seed, outage)
    what = f"{rows} rows, {'with' if outage else 'without'} an outage"
    with progress(rows if rows > 1000 else 0, "Loading") as bar:
        counted = tally.counted(cases, bar.update)
        incoming = (incoming_case(each, mappings) for each in counted)
        added = org.load_cases(f"the invented day {day} of seed {seed}", what, incoming)
        for _ in counted:
            pass  # of a day that is there already, to say what it holds
    return {"date": f"{day}", "rows": rows, "seed": seed, "outage": outage, "added": added, **tally.figures()}


def incoming_case(case: SampleCase, mappings: MappingSet) -> Incoming:
    """The case as the embedded org takes it in, with the person that it is linked to."""
    from sf_handoff.embedded import Incoming

    who, link = case.person, mappings.person
    person = None
    if who:
        person = {"FirstName": who.first, "LastName": who.last, "Phone": who.e164, link.key: who.icn}
    return Incoming(case.fields(mappings.report), case.row.record_type, person)


class Tally:
    """Counts what invented cases really are, as they go by."""

    def __init__(self) -> None:
        self._tiers: Counter[str] = Counter()
        self._clusters: Counter[str] = Counter()
        self._marks: Counter[str] = Counter()

    def counted(self, cases: Iterable[SampleCase], each_done: Any) -> Iterator[SampleCase]:
        for case in cases:
            truth = case.truth
            self._tiers.update([] if truth.tier is None else [str(truth.tier)])
            self._clusters.update([truth.cluster] if truth.cluster else [])
            marks = ("technical", "mistagged", "crisis")
            self._marks.update(name for name in marks if getattr(truth, name))
            each_done(1)
            yield case

    def figures(self) -> dict[str, Any]:
        return {
            **{name: self._marks[name] for name in ("technical", "mistagged", "crisis")},
            "tiers": dict(sorted(self._tiers.items())),
            "clusters": dict(sorted(self._clusters.items(), key=lambda pair: (-pair[1], pair[0]))),
        }


def in_words(summary: dict[str, Any]) -> str:
    """The summary as staff read it."""
    said = date.fromisoformat(summary["date"])
    lines = [f"{said:%A}, {said.day} {said:%B %Y}, seed {summary['seed']}: {_loaded(summary)}"]
    if summary["rows"]:
        lines.append(
            f"{summary['technical']} are technical; {summary['mistagged']} are marked wrongly; in "
            f"{summary['crisis']} the caller may be in danger."
        )
    lines += (f"  {count:5}  {name}" for name, count in summary["clusters"].items())
    return "\n".join([*lines, f"Report {summary['report_id']} of the embedded org lists them."])


def _loaded(summary: dict[str, Any]) -> str:
    cases = "1 case" if summary["rows"] == 1 else f"{summary['rows']} cases"
    if summary["rows"] and not summary["added"]:
        return f"{cases}, there already; nothing was added."
    return f"{cases}, all invented, came into the embedded org."
