"""What else is said on the hotline, in the voice of those who type while they listen; all invented."""

from __future__ import annotations

OPENINGS = (
    "Caller states", "Vet reports", "clr sts", "Veteran states that", "Vet called:", "Per caller,",
    "Veterans wife says", "Son calling for father.", "Vet (irate) says", "VSO rep calling,",
    "Vet's daughter on line, says", "vet adv", "La esposa del veterano dice:", "cllr:", "Veteran is upset.",
    "Good day, vet advises",
)  # fmt: skip
TRIED = (
    "cleared cache + cookies no change", "tried chrome, edge and phone", "tried 3x", "restarted pc, same",
    "tryed incognito", "does it on wifi and cell", "agent reproduced on own screen",
    "I could reproduce w/ test acct", "asked for screenshot", "rebooted twice, no luck",
    "iPhone 14 / iOS 17.5", "Win 11, Firefox", "Galaxy S22, Chrome 129",
)  # fmt: skip
CLOSINGS = (
    "Escalating.", "adv will fwd to tech team", "Pls advise", "no further assistance needed at this time",
    "ref # given", "vet thanked agent", "told 24-48 hrs", "warm xfer declined", "f/u needed", "TY",
    "Vet wants a call back asap", "nothing further.", "closing", "recieved no error # from vet",
    "Advised of SLA, vet understood.",
)  # fmt: skip
SINCE = (
    "since {us}", "began {iso}", "started on {long}", "first noticed {dotted}", "desde el {spanish}",
    "seit {dotted}", "depuis le {french}", "as of {short}", "since {short} around {hour} am",
)  # fmt: skip
# Addresses that say nothing of the site being broken.
QUOTED = (
    "Emailed form from sample.mailbox@va.gov.", "Directed vet to www.va.gov/find-locations",
    "gave link https://www.va.gov/burials-memorials/",
    "See https://www.va.gov/decision-reviews/ for options.", "sent info to sample.desk@va.gov cc vet",
    "told him the form is at www.va.gov/find-forms/?q=10-10EZ", "pls route to vhasampleclinic@va.gov",
    "read him https://www.va.gov/disability/eligibility/ over the phone",
)  # fmt: skip
# The site is spoken of, and nothing is broken.
MENTIONED = (
    "heard on the radio that va.gov won an award, good job",
    "suggests that va.gov list the hotline number on the first page in bigger print",
    "saw on va.gov that COLA goes up, wants to know when it is paid", "likes the new va.gov colors",
    "says a friend told him to look at va.gov and he will do that tonight",
)  # fmt: skip

# Tier 1: a question or a misunderstanding. (words, product, topic)
USER_ERROR = (
    ("forgot password for sign in, walked him through reset, signed in ok on va.gov", "Sign in",
     "Password reset"),
    ("did not know va.gov login needs ID.me or Login.gov now, explained sign in options", "Sign in",
     "Which account"),
    ("asks where on va.gov to find claim status, showed him, sees it fine now", "Claim status",
     "Where to find"),
    ("thought claim was lost, va.gov shows preparation for decision, explained the steps", "Claim status",
     "Meaning of steps"),
    ("wants to know how to upload buddy letter, walked thru va.gov, upload went ok", "Upload documents",
     "How to upload"),
    ("typed va.com instead of va.gov, all good now", "Other", "Wrong address"),
    ("asks how to print benefit letter from va.gov, done while on phone", "Letters", "How to print"),
    ("pop up blocker was on, turned off and va.gov form opened", "Other", "Browser settings"),
    ("needs help finding direct deposit on va.gov, vet did it himself w/ guidance", "Direct deposit",
     "How to change"),
)  # fmt: skip
# Tier 0: not the site's. (words, topic)
NOT_OURS = (
    ("VAMC pharmacy phone line rings and nobody picks up", "Pharmacy phone"),
    ("travel pay kiosk at the clinic is out of order", "Travel pay"),
    ("wants to reschedule podiatry appt, clinic front desk does not answer", "Clinic scheduling"),
    ("community care authorization not received by outside provider", "Community care"),
    ("debt letter from DMC, wants a payment plan", "Debt"),
    ("VIC card never came in the mail, facility took photo in Sept", "ID card"),
    ("hearing aid batteries not shipped", "Prosthetics"),
    ("caregiver stipend missing this month", "Caregiver program"),
)  # fmt: skip

# The whole hotline, by category: subjects, and what was said.
EVERYDAY = {
    "Concern": (
        ("Wait time at clinic", "waited 3 hrs past appt time at VAMC, nobody told him why"),
        ("Claim pending too long", "claim pending 14 months, wants to know who is working it"),
        ("Rude staff", "front desk was rude to her in front of others. wants patient advocate"),
        ("Community care bill", "bill from outside hospital went to collections, VA was to pay"),
        ("Cannot reach clinic", "calls clinic daily, voicemail full"),
        ("C&P exam", "C&P examiner did not look at records, exam took 5 min"),
        ("Parking", "no handicap parking at facility after 9 am, missed appt"),
        ("Fiduciary", "fiduciary has not released funds for the roof repair"),
        ("Claim denied", "denied again for back condition, does not understand the decision letter"),
    ),
    "Benefits": (
        ("Rating question", "asks how combined rating is figured, 50 and 30 is not 80"),
        ("Dependents", "wants to add newborn to award"),
        ("COLA", "asks when COLA shows up in check"),
        ("Home loan", "needs COE for home loan, lender asked"),
        ("Pension", "asks about aid and attendance for mother"),
        ("Back pay", "retro not received yet, award letter dated last month"),
    ),
    "Health care": (
        ("Enrollment", "asks if eligible for health care under PACT act"),
        ("Meds by mail", "medication came warm, wants replacement"),
        ("Dental", "dental eligibility at 100 P&T"),
        ("Mental health appt", "next MH appt is 3 months out, wants sooner"),
        ("Referral", "ortho referral expired"),
    ),
    "Policy comment": (
        ("Comment for the President", "wants the President to know that hiring freeze hurts clinics"),
        ("Vaccines", "opinion on vaccine policy at facilities"),
        ("Burn pits", "thinks PACT act should cover more locations"),
    ),
    "Compliment": (
        ("Thank you", "nurse on 4 West was wonderful, wants her recognized"),
        ("Compliment for VBA rep", "rep explained everything, best call in 20 yrs"),
        ("Great care", "ER team saved his life, thank you"),
    ),
    "Recommendation": (
        ("Suggestion", "suggests evening clinic hrs for working vets"),
        ("Signs", "bigger signs in bldg 3"),
    ),
    "Other": (
        ("General", "wrong number, wanted SSA"),
        ("Call dropped", "call dropped, no cb number"),
        ("Transfer", "xfer to NCA"),
    ),
    "Memorial affairs": (
        ("Headstone", "headstone has wrong middle initial"),
        ("Burial benefits", "asks about burial allowance, husband passed last week"),
    ),
}  # fmt: skip
CRISIS = (
    "Caller said he wants to die and has been drinking. Stayed on line, warm xfer to crisis line 988.",
    "vet states he is suicidal since the denial, supervisor alerted, conf'd in VCL, caller safe with wife",
    "said he would be 'better off dead', asked directly, warm xfer to Veterans Crisis Line",
    "Wife afraid of an overdose tonight, 911 + VCL engaged",
)
EMAIL_CHAIN = (
    "\n-----Original Message-----\nFrom: caller\nSent: see above\nSubject: RE: RE: FW: my case\n\n"
    "To whom it may concern, I am writing again about the same matter. I have called, I have written, and I "
    "was told each time that it was passed on. Please read the message below before you answer this one.\n"
)  # pasted until the field is full
