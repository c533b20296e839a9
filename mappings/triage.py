"""How cases of the daily report are judged: sets of rules, each a name, words and conditions.

The words that `Says` and `Silent` speak of are in `triage_words.py` and `triage_failures.py`. A status is
never a condition: agents of all tiers use all of them.
"""

from __future__ import annotations

from sf_handoff.reports.codes import Codes
from sf_handoff.reports.heard import ADDRESS, AT_LENGTH, CODE, MARKED, ONLINE, PRODUCT, SYMPTOM, TOLD
from sf_handoff.reports.rules import Begins, Contains, HasWord, Is, Lacks, Rule, RuleSet, Says, Silent
from sf_handoff.reports.triage_map import Marks, Trend, TriageMap

from .screen_pop import WORDS
from .triage_failures import ERRORS, PRODUCTS, SECTIONS, SYMPTOMS
from .triage_words import (
    CONFIRMED,
    CONFUSION,
    FORMS,
    GROUPS,
    NOT_ERRORS,
    OF_OTHERS,
    OTHER_MATTER,
    OTHER_SYSTEM,
    PLACE,
    QUESTION,
    REFERS,
    SITE,
    SOLVED,
    SPELLINGS,
    SYSTEMS,
    SYSTEMS_APART,
)

MARKS = Marks(
    t3=("t3", "tier 3", "tier3"),
    t=("t va gov", "t va. gov", "t vagov"),
    nt=("nt va gov", "nt va. gov", "nt vagov"),
    category="Other",
)

REPORT_1 = Rule(
    "2019 report 1",
    "category Other, and va.gov in the subject",
    (Is("category", "Other"), Contains("subject", "va.gov")),
)
REPORT_2 = Rule(
    "2019 report 2",
    "va.gov in the notes, and no address with it",
    (Contains("notes", "va.gov"), Lacks("notes", ("va.gov/", "@va.gov", ".va.gov"))),
)
PREFIX_T = Rule("2019 prefix T", "the subject begins with T VA.gov", (Begins("subject", "T VA.gov"),))
PREFIX_NT = Rule("2019 prefix NT", "the subject begins with NT VA.gov", (Begins("subject", "NT VA.gov"),))
WORD_T3 = Rule("T3", "T3 stands in the subject as a word", (HasWord("T3"),))

# By any of these a case is about something online, whatever fails there.
ABOUT_IT = (SITE, ADDRESS, ONLINE, PLACE, TOLD)

# The first that fires decides the tier.
OURS = (
    Rule(
        "another system",
        "another system fails, and VA.gov is not named",
        (Says(OTHER_SYSTEM), Says(SYMPTOM, MARKED), Silent(SITE, ADDRESS, ONLINE)),
        tier=0,
    ),
    Rule(
        "another matter",
        "it is about another matter",
        (Says(MARKED), Says(OTHER_MATTER), Silent(*ABOUT_IT, CODE)),
        tier=0,
    ),
    Rule(
        "solved",
        "it worked before the call was over",
        (Says(SOLVED), Says(*ABOUT_IT), Silent(CONFIRMED)),
        tier=1,
    ),
    Rule(
        "user error",
        "the site did what it should, the caller took a wrong turn",
        (Says(CONFUSION), Says(*ABOUT_IT), Silent(CODE, CONFIRMED)),
        tier=1,
    ),
    Rule(
        "confirmed",
        "more than one device, browser or person saw it fail",
        (Says(SYMPTOM, CODE), Says(CONFIRMED), Says(*ABOUT_IT, CODE)),
        tier=3,
    ),
    Rule("error code", "an error code is quoted", (Says(CODE), Says(*ABOUT_IT, PRODUCT)), tier=3),
    Rule(
        "marked T3 and fails",
        "marked T3, and the text says what fails",
        (Says("marked T3"), Says(SYMPTOM), Says(*ABOUT_IT, PRODUCT)),
        tier=3,
    ),
    Rule("fails", "a page or the app fails", (Says(TOLD),), tier=2),
    Rule(
        "fails on the site",
        "something is wrong or missing on the site",
        (Says(SYMPTOM), Says(*ABOUT_IT)),
        tier=2,
    ),
    Rule(
        "marked and fails",
        "marked, and the text says what fails",
        (Says(MARKED), Says(SYMPTOM), Says(PRODUCT)),
        tier=2,
    ),
    Rule(
        "question",
        "a question about the site; nothing fails",
        (Says(QUESTION), Says(SITE, ONLINE, PLACE)),
        tier=1,
    ),
    Rule(
        "nothing online",
        "the text tells of nothing online",
        (Says(MARKED), Says(AT_LENGTH), Silent(*ABOUT_IT, CODE, REFERS)),
        tier=0,
    ),
    Rule("marked T3", "marked T3", (Says("marked T3"),), tier=3),
    Rule("marked T", "marked T", (Says("marked T"),), tier=2),
    Rule("marked NT", "marked NT", (Says("marked NT"),), tier=1),
)

TRIAGE = TriageMap(
    rule_sets=(
        RuleSet("2019", "the reports and subject marks of 2019", (REPORT_1, REPORT_2, PREFIX_T, PREFIX_NT)),
        RuleSet("2019 report 1", "VA.gov by category and subject", (REPORT_1,)),
        RuleSet("2019 report 2", "VA.gov by the notes", (REPORT_2,)),
        RuleSet("T3", "the daily T3 report of 2023", (WORD_T3,)),
        RuleSet("ours", "what the text says, Tier 2 and 3", OURS, from_tier=2),
    ),
    groups=GROUPS,
    symptoms=SYMPTOMS,
    products=PRODUCTS,
    sections=SECTIONS,
    errors=ERRORS,
    marks=MARKS,
    crisis_words=WORDS.crisis_words,
    crisis_spellings=OF_OTHERS,
    codes=Codes(SYSTEMS, SYSTEMS_APART, NOT_ERRORS, FORMS),
    spellings=SPELLINGS,
    denials=frozenset({"no", "without", "denies", "if"}),
    trend=Trend(window=5, days=7, day=10),
)
