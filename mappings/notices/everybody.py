"""What everybody may read when very many have the same problem: a banner on the site, and a mail."""

from __future__ import annotations

from sf_handoff.reports.notices.notice_map import Channel, Template, prose

from .words import letter

GAPS = ("about", "customer_text")

EVERYBODY = (
    Template(
        "banner",
        "a banner on the site",
        Channel.PUBLIC,
        GAPS,
        "We know about a problem with {{ about }}",
        prose("""
            We know about a problem with {{ about }}, and we’re sorry for the trouble.

            {{ customer_text }}

            You don’t need to report it.
        """),
    ),
    Template(
        "mail to all",
        "a mail to all who reported the problem",
        Channel.PUBLIC,
        GAPS,
        "An update about a problem with {{ about }}",
        letter("""
            You told us about a problem with {{ about }}. Many others did too. Here’s what we can tell you
            today.

            {{ customer_text }}

            You don’t need to report it again. Thank you for your help.
        """),
    ),
)
