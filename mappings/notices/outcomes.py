"""What is said of a ticket's outcome. The words of Insights & Analytics go in as `customer_text`."""

from __future__ import annotations

from sf_handoff.reports.notices.notice_map import Channel, Template

from .words import letter

REPORTED = "You told us about a problem with {{ about }} (case {{ case_number }})."
GAPS = ("about", "case_number", "customer_text")

OUTCOMES = (
    Template(
        "resolved",
        "the problem is fixed",
        Channel.PERSONAL,
        GAPS,
        "The problem you told us about is fixed",
        letter(f"""
            {REPORTED} We’ve fixed it. Thank you for your patience.

            {{{{ customer_text }}}}

            Please try again when you can. If it still doesn’t work, let us know and we’ll look at it again.
        """),
        says_fixed=True,
    ),
    Template(
        "workaround",
        "there is another way to do it",
        Channel.PERSONAL,
        GAPS,
        "Another way to do what you need",
        letter(f"""
            {REPORTED} The problem is still there, but there’s another way to get this done.

            {{{{ customer_text }}}}

            If this doesn’t work for you, call us and we’ll help.
        """),
    ),
    Template(
        "not planned",
        "the team will not change it",
        Channel.PERSONAL,
        GAPS,
        "An answer about the problem you reported",
        letter(f"""
            {REPORTED} We looked into it, and we don’t plan to make a change right now. Here’s why, and what
            you can do.

            {{{{ customer_text }}}}

            We know this may not be the answer you hoped for. Thank you for telling us.
        """),
    ),
    Template(
        "blocked",
        "it can't be mended for now",
        Channel.PERSONAL,
        GAPS,
        "An update on the problem you reported",
        letter(f"""
            {REPORTED} We tried, but we aren’t able to change this for now. We’ll keep your report open.

            {{{{ customer_text }}}}

            We’re sorry for the trouble. If you need help with your benefits in the meantime, please call us.
        """),
    ),
    Template(
        "known problem",
        "others have reported the same problem",
        Channel.PERSONAL,
        GAPS,
        "We know about the problem you reported",
        letter(f"""
            {REPORTED} Other people told us about the same problem. We handle all of these reports together,
            so you don’t need to report it again.

            {{{{ customer_text }}}}
        """),
    ),
)
