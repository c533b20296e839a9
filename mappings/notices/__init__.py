"""What customers are told when a ticket is resolved, and the answers to what they ask most.

`outcomes.py` has what is said of a ticket's outcome, `questions.py` the answers that agents choose by
themselves, `everybody.py` the banner and the mail when very many wait, `words.py` how we speak of things.
Plain words, short sentences, no blame; nothing personal is ever asked for by email.
"""

from __future__ import annotations

from sf_handoff.reports.notices.notice_map import Marks, NoticeMap, WhhCases
from sf_handoff.reports.notices.values import Means, Outcome

from .everybody import EVERYBODY
from .outcomes import OUTCOMES
from .questions import QUESTIONS
from .words import ABOUT, ABOUT_ANYTHING, AGENTS, FIXED_WORDS, OFFICES

NOTICES = NoticeMap(
    templates=(*OUTCOMES, *QUESTIONS, *EVERYBODY),
    placeholders=frozenset({"about", "answer_by", "case_number", "customer_text", "next_step", "office"}),
    personal=frozenset({"case_number"}),
    proposals={
        Outcome.COMPLETED: "resolved",
        Outcome.WORKAROUND: "workaround",
        Outcome.NOT_PLANNED: "not planned",
        Outcome.BLOCKED: "blocked",
        Outcome.DUPLICATE: "known problem",
    },
    banner="banner",
    mass_mail="mail to all",
    agents=AGENTS,
    about=ABOUT,
    about_anything=ABOUT_ANYTHING,
    fixed_words=FIXED_WORDS,
    offices=OFFICES,
    marks=Marks(customer=("For customers", "Customer text"), workaround=("Workaround",)),
    # Who called the hotline hears from one of its agents; who wrote hears from the contact center.
    whh=WhhCases(origins=frozenset({"Phone"})),
    attempts=(Means.EMAIL, Means.EMAIL, Means.PHONE),
    mass_from=50,
)
