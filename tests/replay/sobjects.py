"""What the recording orgs had beside the standard sObjects, as far as the recordings show it.

Two orgs, because `Movie__c` was made in two of them, with different key prefixes.
"""

from __future__ import annotations

from typing import Any


def sobject(name: str, prefix: str, *fields: dict[str, Any], **traits: Any) -> dict[str, Any]:
    return {"name": name, "keyPrefix": prefix, "fields": list(fields), **traits}


def a(kind: str, name: str, **differs: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **differs}


def several(kind: str, names: str, **differs: Any) -> list[dict[str, Any]]:
    return [a(kind, name, **differs) for name in names.split()]


NAME = a("string", "Name", nameField=True)
LOOKUP = {"referenceTo": ["Contact"]}
RATING = a("picklist", "Rating__c", restrictedPicklist=True, picklistValues=["Excellent", "Good", "Mediocre"])


def movie(prefix: str) -> dict[str, Any]:
    franchise = a("reference", "Franchise__c", referenceTo=["Franchise__c"])
    return sobject("Movie__c", prefix, NAME, RATING, a("date", "ReleaseDate__c"), franchise)


ORGANIZATION = sobject(
    "Organization",
    "00D",
    *several(
        "boolean",
        "ReceivesInfoEmails ReceivesAdminInfoEmails PreferencesRequireOpportunityProducts "
        "PreferencesTransactionSecurityPolicy PreferencesTerminateOldestSession "
        "PreferencesConsentManagementEnabled PreferencesAutoSelectIndividualOnMerge "
        "PreferencesLightningLoginEnabled PreferencesOnlyLLPermUserAllowed UsesStartDateAsFiscalYearName",
    ),
    *several(
        "picklist",
        "DefaultAccountAccess DefaultContactAccess DefaultOpportunityAccess DefaultLeadAccess "
        "DefaultCaseAccess DefaultCalendarAccess DefaultPricebookAccess DefaultCampaignAccess UiSkin "
        "WebToCaseDefaultOrigin SignupCountryIsoCode",
    ),
    *several("string", "DelegatedAuthenticationServiceUrl"),
    *several("email", "ComplianceBccEmail"),
    *several("int", "NumKnowledgeService MonthlyPageViewsUsed MonthlyPageViewsEntitlement"),
)
OPPORTUNITY = sobject(
    "Opportunity",
    "006",
    a("string", "Name", length=120, nillable=False),
    a("reference", "AccountId", referenceTo=["Account"], children="Opportunities"),
    a("reference", "ContactId", children="Opportunities", **LOOKUP),
    a("reference", "CampaignId", referenceTo=["Campaign"], children="Opportunities"),
    a("currency", "Amount", scale=2),
    a("picklist", "StageName", nillable=False, length=255),
    a("date", "CloseDate", nillable=False),
    a("string", "external_id__c", externalId=True, idLookup=True),
)
CONTACT_ROLE = sobject(
    "OpportunityContactRole",
    "00k",
    a("reference", "OpportunityId", referenceTo=["Opportunity"], children="OpportunityContactRoles"),
    a("reference", "ContactId", children="OpportunityContactRoles", **LOOKUP),
    a("picklist", "Role"),
)
CONTENT_VERSION = sobject(
    "ContentVersion",
    "068",
    a("string", "Title"),
    a("textarea", "Description", length=1000),
    a("textarea", "PathOnClient", length=500, updateable=False),
    a("base64", "VersionData"),
)
CUSTOM_SETTING = sobject(
    "Custom__c", "aB5", NAME, a("string", "CustomField__c"), customSetting=True, label="Custom"
)
WHIZBANG = sobject(
    "Whizbang",
    "a0W",
    NAME,
    a("string", "Text_Label"),
    a("string", "External_Field__c", externalId=True, idLookup=True),
)
PLAIN = (
    movie("a00"),
    sobject("Franchise__c", "a03", NAME),
    sobject("Spaceship__c", "a02", NAME, a("url", "Website__c", nillable=False)),
    sobject("random__c", "a01", NAME, a("string", "RANDOM_1__c"), a("string", "RANDOM_2__c")),
    sobject("Campaign", "701", NAME),
    sobject("Bar", "a0B", NAME),
    ORGANIZATION,
    OPPORTUNITY,
    CONTACT_ROLE,
    CONTENT_VERSION,
    CUSTOM_SETTING,
    WHIZBANG,
    sobject("Event", "00U", a("string", "Subject"), a("datetime", "ActivityDateTime")),
)
OTHER = (movie("a01"), sobject("Franchise__c", "a03", NAME))
ORGS = {"plain": PLAIN, "other": OTHER}
