"""The daily report of the White House VA Hotline: our names, and what the org calls each column.

`column` stands in the report's own metadata (Reports API: `reportMetadata.detailColumns`), `field` is for
SOQL. Add a column here to have it in the files; the rules look at the ones that are here now.
"""

from __future__ import annotations

from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap

CATEGORIES = (
    "Compliment",
    "Concern",
    "Recommendation",
    "Policy comment",
    "Benefits",
    "Health care",
    "Memorial affairs",
    "Other",
)
PRODUCTS = (
    "Sign in",
    "Claim status",
    "Disability claim form",
    "Appeals",
    "Upload documents",
    "Letters",
    "Direct deposit",
    "Profile and address",
    "Health records",
    "Prescriptions",
    "Appointments",
    "GI Bill",
    "Mobile app",
    "Other",
)

REPORT = ReportMap(
    title="WHH cases of the day",
    columns=(
        ReportColumn("case_number", "CASE_NUMBER", "CaseNumber"),
        ReportColumn("opened_at", "CREATED_DATE", "CreatedDate", Kind.MOMENT),
        ReportColumn("changed_at", "LAST_UPDATE", "LastModifiedDate", Kind.MOMENT, required=False),
        ReportColumn("status", "STATUS", "Status", Kind.PICKLIST),
        ReportColumn("closed", "CLOSED", "IsClosed", Kind.FLAG, required=False),
        ReportColumn("origin", "ORIGIN", "Origin", Kind.PICKLIST, required=False),
        ReportColumn("record_type", "CASES.RECORDTYPE", "RecordType.DeveloperName", required=False),
        ReportColumn(
            "category", "Case.Case_Category__c", "Case_Category__c", Kind.PICKLIST,
                     values=CATEGORIES
        ),
        ReportColumn(
            "product", "Case.Product__c", "Product__c", Kind.PICKLIST,
                     required=False, values=PRODUCTS
        ),
        ReportColumn("topic", "Case.Sub_Topic__c", "Sub_Topic__c", required=False, length=120),
        ReportColumn("subject", "SUBJECT", "Subject"),
        ReportColumn("notes", "DESCRIPTION", "Description", Kind.LONG_TEXT, length=32_000),
        ReportColumn("person", "CONTACT_ID", "ContactId", Kind.ID, required=False),
        ReportColumn("case_id", "CASE_ID", "Id", Kind.ID),
    ),
    own_record_types=frozenset({"App_Handoff"}),
)  # fmt: skip
