"""How a ticket looks: its title, its sections in their order, what is looked for in the notes, and how much.

A gap of a title is one of {tier}, {priority}, {product}, {problem}. Phrases are written as in
`triage_words.py`. Agents' words are quoted only when everything personal was taken out of them; devices,
systems and topics are told by the names that stand here.
"""

from __future__ import annotations

from datetime import timedelta

from sf_handoff.reports.ticket_map import Mention, Section, Thresholds, TicketMap
from sf_handoff.reports.triage_map import phrases

MENTIONS = {
    "Devices": (
        Mention("iPhone", ("iphone",)),
        Mention("iPad", ("ipad",)),
        Mention("Samsung Galaxy", phrases("samsung galaxy; galaxy")),
        Mention("Samsung", ("samsung",), numbered=False),
        Mention("Google Pixel", phrases("google pixel; pixel")),
        Mention("Motorola", ("motorola",), numbered=False),
        Mention("Chromebook", ("chromebook",), numbered=False),
        Mention("Mac", phrases("macbook; imac; mac"), numbered=False),
    ),
    "Systems": (
        Mention("iOS", ("ios",)),
        Mention("Android", ("android",)),
        Mention("Windows", phrases("windows; win"), alone=False),
        Mention("macOS", phrases("macos; mac os")),
    ),
    "Browsers": (
        Mention("Chrome", phrases("google chrome; chrome")),
        Mention("Safari", ("safari",)),
        Mention("Firefox", ("firefox",)),
        Mention("Edge", phrases("microsoft edge; ms edge; edge")),
    ),
    "App and build": (
        Mention("VA app", phrases("mobile app; va app; health and benefits app; app version; app")),
        Mention("build", phrases("build number; build"), alone=False),
    ),
}

TICKETS = TicketMap(
    title="[Tier {tier}:{priority}] {product}: {problem}",
    sections=(
        Section("problem", "What happens"),
        Section("source", "Where it comes from"),
        Section("priority", "Proposed priority"),
        Section("counts", "How many"),
        Section("trend", "Trend"),
        Section("descriptions", "As it was described"),
        Section("devices", "Devices, systems and builds"),
        Section("errors", "Error texts"),
        Section("reproduce", "How to reproduce it"),
        Section("workaround", "Workaround"),
        Section("cases", "Cases in Salesforce"),
        Section("near", "May be the same problem"),
        Section("owner", "Owner"),
        Section("clocks", "Due"),
    ),
    source="Calls to the White House VA Hotline, from the daily report of its cases in Salesforce.",
    footer=(
        "Written by the handoff connector of the contact center. Personal data was taken out, and must not "
        "be added. Who needs more of a case asks the contact center by its number, in encrypted VA e-mail."
    ),
    quotes=3,
    longest_quote=4_000,
    case_numbers=200,
    lowest_tier=3,
    decided_by="rules",
    private=True,
    returns=timedelta(days=14),
    a_day=25,
    thresholds=Thresholds(total=10, day=10, blocked=5),
    workaround_phrases=phrases(
        """
        workaround; work around; works on .. computer; works on .. laptop; works on .. phone; works on
        desktop; works on the app; works in the app; works on the website; works in .. browser; works with
        .. browser; another browser worked; other browser worked; works in incognito; works in private;
        works on another; works on other; works fine on; works fine in; was able to .. on .. computer; was
        able to .. in .. browser; by mail instead; by fax instead; by phone instead
        """
    ),
    step_phrases=phrases(
        """
        when .. clicks; when .. hits; when .. taps; when .. presses; when .. submits; when .. saves; when
        .. opens; when .. tries; after .. clicks; after .. enters; after .. code; enters .. and; clicks ..
        and; clicks .. then; goes to; step 1; first .. then
        """
    ),
    blocking=frozenset(
        {
            "no sign-in code", "cannot sign in", "does not open", "cannot submit", "upload fails",
            "file refused", "app crashes",
        }
    ),
    mentions=MENTIONS,
    topics=frozenset(
        {
            "Address not accepted", "Claim status not loading", "Direct deposit does not save",
            "Labs missing", "Letters not loading", "List does not load", "PDF refused", "Password reset",
            "Refill fails", "Saved form is gone", "Section missing", "Sign-in loop",
            "Statement of benefits unavailable", "Text code never arrives", "Upload hangs",
            "Wrong step shown",
        }
    ),
    names=(
        "Contact.FirstName", "Contact.LastName", "Contact.Name", "Contact.Email", "SuppliedName",
        "SuppliedEmail", "Owner.Name", "CreatedBy.Name",
    ),
)  # fmt: skip
