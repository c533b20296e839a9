"""The situations that agents answer again and again. They choose the template by themselves."""

from __future__ import annotations

from sf_handoff.reports.notices.notice_map import Channel, Template

from .words import letter

ASKED = "Thank you for contacting us (case {{ case_number }})."
CASE = ("case_number",)
PERSONAL = Channel.PERSONAL

QUESTIONS = (
    Template(
        "escalated",
        "handed on to a team that can look deeper",
        PERSONAL,
        ("about", "case_number", "next_step", "answer_by"),
        "We sent your report to our technical team",
        letter("""
            You told us about a problem with {{ about }} (case {{ case_number }}). We sent your report to
            the team that can look into it.

            What happens next: {{ next_step }}

            You can expect to hear from us by {{ answer_by }}.
        """),
    ),
    Template(
        "still looking",
        "no answer yet; the next word within 48 hours",
        PERSONAL,
        ("about", "case_number"),
        "We’re still looking into your report",
        letter("""
            You told us about a problem with {{ about }} (case {{ case_number }}). We don’t have an answer
            yet, but we’re still working on it. You don’t need to do anything.

            We’ll send you the next update within 48 business hours.
        """),
    ),
    Template(
        "not VA.gov",
        "another office can help",
        PERSONAL,
        ("case_number", "office"),
        "Who can help with your question",
        letter(f"""
            {ASKED} We run the VA.gov website, so we can’t answer this one ourselves. This office can:

            - {{{{ office }}}}

            You can find all VA phone numbers at VA.gov/contact-us.
        """),
    ),
    Template(
        "feedback",
        "thanks for feedback",
        PERSONAL,
        CASE,
        "Thank you for your feedback",
        letter(f"""
            {ASKED} We shared your feedback with the team that works on this part of VA.gov. We can’t answer
            each comment, but we do read them all. They help us make the site better for all Veterans and
            families.
        """),
    ),
    Template(
        "sign in",
        "trouble with an ID.me or Login.gov account",
        PERSONAL,
        CASE,
        "Help with signing in to VA.gov",
        letter(f"""
            {ASKED} You sign in to VA.gov with a Login.gov or ID.me account. Those accounts aren’t run by
            VA, so we can’t see or change them. Their help teams can:

            - Login.gov: go to login.gov/help
            - ID.me: go to help.id.me

            To learn how to show that it’s you, go to VA.gov/resources/verifying-your-identity-on-vagov.
            Never share your password or a sign-in code with anyone, not even with us.
        """),
    ),
    Template(
        "name or birth date",
        "a name or date of birth is to be changed",
        PERSONAL,
        CASE,
        "How to change your name or date of birth with VA",
        letter(f"""
            {ASKED} To protect you, we can’t change your legal name or date of birth by email or on VA.gov.

            Here’s what you can do:

            - If you get VA health care, talk with the staff at your VA health facility.
            - If you don’t, call us at the number below. We’ll tell you which papers are needed and where to
              take them.
        """),
    ),
    Template(
        "address",
        "an address is to be changed",
        PERSONAL,
        CASE,
        "How to change your address with VA",
        letter(f"""
            {ASKED} You can change your address in your VA.gov profile. The change goes to most VA offices,
            so you only need to do it once.

            - Go to VA.gov/profile and sign in.
            - Select Contact information.
            - Select Edit next to the address, and save your change.

            If you can’t sign in, call us at the number below.
        """),
    ),
    Template(
        "records differ",
        "records do not match, so VA.gov cannot show them",
        PERSONAL,
        CASE,
        "Why VA.gov can’t show your information",
        letter(f"""
            {ASKED} VA.gov can only show your information when the details in our records match. In your
            case, some of them don’t. That can happen to anyone, and you did nothing wrong.

            Please call us at the number below. After we’ve made sure it’s you, we can find out what differs
            and what to do about it.
        """),
    ),
    Template(
        "DD214",
        "a copy of discharge papers",
        PERSONAL,
        CASE,
        "How to get a copy of your DD214",
        letter(f"""
            {ASKED} The National Archives keeps DD214s and other service records. You can ask for yours
            online.

            - Go to VA.gov/records/get-military-service-records and follow the steps on the page.
            - If you need your papers for an emergency or a burial, call us at the number below.
        """),
    ),
    Template(
        "Veteran ID Card",
        "how to get a Veteran ID Card",
        PERSONAL,
        CASE,
        "How to get a Veteran ID Card",
        letter(f"""
            {ASKED} A Veteran ID Card shows stores and others that you’re a Veteran. You can ask for one
            online.

            - Go to VA.gov/records/get-veteran-id-cards.
            - Sign in, and follow the steps on the page.

            You don’t need this card to get VA health care or benefits.
        """),
    ),
    Template(
        "wrong email",
        "the message reached the wrong person or mailbox",
        PERSONAL,
        CASE,
        "Your message reached the wrong mailbox",
        letter(f"""
            {ASKED} Your message reached a mailbox that only handles problems with the VA.gov website. We
            can’t answer it from here, and we don’t want it to get lost.

            - For any question about VA, go to Ask VA at ask.va.gov.
            - Or call us at the number below.
        """),
    ),
)
