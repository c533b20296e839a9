"""What the daily report has: our name of each column, the org's names of it, its type.

A report names its columns in its own way (`CASE_NUMBER`), SOQL by field (`CaseNumber`); a declaration has
both, so that a report can be pulled by its id or by a query. The declaration is the only schema there is:
the query, the reading of rows, the order of columns in files and the embedded org's fields come from it.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sf_handoff.errors import Misconfigured


class Kind(StrEnum):
    """What a column holds. `describe_type` of the field behind it."""

    ID = "id"  # a record's Id, 18 characters
    TEXT = "text"
    LONG_TEXT = "long text"  # reports cut it: the whole is in the record
    PICKLIST = "picklist"
    MOMENT = "moment"  # with a time zone
    DATE = "date"
    FLAG = "flag"
    NUMBER = "number"


@dataclass(frozen=True)
class ReportColumn:
    """One column. `name` is ours, `column` the report's, `field` the path of it in SOQL.

    `required`: a report without this column is refused. `length` and `values` are of a custom field, for the
    embedded org and the deployable fields; of categories and products, what is counted by name.
    """

    name: str
    column: str
    field: str
    kind: Kind = Kind.TEXT
    required: bool = True
    length: int = 255
    values: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class ReportMap:
    """The daily report. `columns` are in the order that files have them.

    `where` is the SOQL condition of its rows beside their day. `own_record_types` are the DeveloperNames of
    our handoff Cases, which are no complaints. `title` is for people.
    """

    title: str
    columns: tuple[ReportColumn, ...]
    sobject: str = "Case"
    where: str = ""
    own_record_types: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        names = [each.name for each in self.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Misconfigured(f"mappings/report.py: declared twice: {', '.join(twice)}.")
        missing = sorted(NEEDED - set(names))
        if missing:
            raise Misconfigured(f"mappings/report.py: no column is declared for {', '.join(missing)}.")

    def column(self, name: str) -> ReportColumn:
        return next(each for each in self.columns if each.name == name)

    @property
    def extras(self) -> tuple[ReportColumn, ...]:
        """Columns that the deployment added: carried into the files, not looked at by the rules."""
        return tuple(each for each in self.columns if each.name not in KNOWN)


# What the rules cannot do without, and what they know beside it (the fields of ReportRow).
NEEDED = frozenset({"case_id", "case_number", "opened_at", "subject", "notes"})
KNOWN = NEEDED | {
    "changed_at", "status", "closed", "origin", "record_type", "category", "product", "topic", "person",
}  # fmt: skip
