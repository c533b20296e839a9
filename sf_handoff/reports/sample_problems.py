"""What goes wrong in the invented days: recurring problems of VA.gov and of the app, and four outages.

Each has neighbours that are like it in one thing (the same product, the same page, the same code) and not
the same problem.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One cause, in the many words that callers and agents have for it.

    `pages` are paths on va.gov, `places` words for them. Every symptom names its product. `signatures` are
    spellings of one error; a problem without any shows none.
    """

    name: str
    product: str
    topic: str
    pages: tuple[str, ...]
    places: tuple[str, ...]
    symptoms: tuple[str, ...]
    signatures: tuple[str, ...] = ()


OUTAGES = (
    Problem(
        "outage-claim-status", "Claim status", "Claim status not loading",
        ("track-claims/your-claims", "track-claims", "track-claims/your-claims/{claim}/status"),
        ("claim status tool", "track claims page", "clm status pg", "check claim status page"),
        (
            "claim status will not load, just spins and then errors out",
            "unable to view claim status, page never comes up",
            "trying to check status of clm since this AM, status page won't load",
            "claim status page keeps failing to load, tried all morning",
            "cannot see status of his claim, page times out and then shows error",
            "clm status not loading for him at all today, was fine yesterday",
            "status of claim won't come up, spinning wheel then error msg",
        ),
        ("502 Bad Gateway", "error 502", "HTTP 502", "a 502", '"502 bad gateway"', "err code 502"),
    ),
    Problem(
        "outage-sign-in", "Sign in", "Sign-in loop",
        ("sign-in", "sign-in/?next=loginModal", "verify"),
        ("sign in page", "login screen", "sign-in modal", "log in pg"),
        (
            "can't sign in, after the code it goes back to the sign in page",
            "login loops, enters password and code and lands on sign in again",
            "unable to log in, site sends him back to login over and over",
            "sign-in not working today, loops back to start after verification",
            "cant log in, gets kicked back to sign in every time",
            "signing in fails right after 2 factor, back to login screen",
        ),
        ("auth error 109", "error code 109", "Code: 109", "err 109", '"Auth error: 109"'),
    ),
    Problem(
        "outage-upload", "Upload documents", "Upload hangs",
        ("track-claims/your-claims/{claim}/files", "track-claims/your-claims/{claim}/additional-evidence"),
        ("upload files page", "files tab", "add evidence pg", "document upload"),
        (
            "upload of evidence hangs at 90% and then fails",
            "tries to upload med records, upload never finishes",
            "document upload fails every time since lunch",
            "cannot upload files to his claim, bar stops and upload errors out",
            "uploading docs times out, tried 4x w/ small file too",
            "evidence upload stuck then fails, says try later",
        ),
        ("504 Gateway Timeout", "error 504", "HTTP 504", "a 504 timeout", '"504 gateway time-out"'),
    ),
    Problem(
        "outage-direct-deposit", "Direct deposit", "Direct deposit does not save",
        ("profile/direct-deposit", "change-direct-deposit"),
        ("direct deposit page", "DD pg", "bank info section", "direct deposit screen"),
        (
            "direct deposit change will not save, error every time",
            "trying to update bank info, direct deposit won't save",
            "cannot save new direct deposit, form bounces back",
            "DD update fails on save, bank acct not changed",
            "direct deposit edit errors out when she hits save",
            "unable to update direct deposit, nothing saves today",
        ),
        ("error DD-5003", "DD-5003", "code DD5003", "err dd-5003", '"DD-5003: could not save"'),
    ),
)  # fmt: skip

RECURRING = (
    Problem(
        "claims-wrong-step", "Claim status", "Wrong step shown",
        ("track-claims/your-claims", "track-claims"), ("claim status tool", "claim status page"),
        (
            "claim status shows step 3 but decision letter came in the mail already",
            "status page has his claim back at gathering evidence, was at step 5 last wk",
            "claim status tool shows wrong step, says received while eBenefits rep said decided",
        ),
    ),
    Problem(
        "letters-502", "Letters", "Letters not loading",
        ("records/download-va-letters/letters",), ("letters page", "download letters pg"),
        (
            "benefit letter will not download, letters page errors",
            "letters page won't load, needs benefit summary letter for the bank",
            "can't get award letter, letter download fails",
        ),
        ("502 Bad Gateway", "error 502", "a 502"),
    ),
    Problem(
        "upload-pdf-refused", "Upload documents", "PDF refused",
        ("track-claims/your-claims/{claim}/files",), ("upload page", "files tab"),
        (
            "pdf refused on upload, site says file is locked but there is no password on it",
            "upload rejects his PDF as encrypted, same file opens fine at home",
            "can't upload scan, site says PDF is protected",
        ),
        ("file is encrypted", '"File is locked with a password"'),
    ),
    Problem(
        "sign-in-code-missing", "Sign in", "Text code never arrives",
        ("sign-in", "verify"), ("sign in page", "login"),
        (
            "sign in text code never arrives, tried 3x",
            "can't log in bc the 6 digit code is not texted to his phone",
            "login code text does not come, new phone since Oct",
        ),
    ),
    Problem(
        "direct-deposit-name", "Direct deposit", "Section missing",
        ("profile/direct-deposit",), ("direct deposit page", "profile"),
        (
            "direct deposit section is missing from profile altogether",
            "no direct deposit option shown on her profile, was there in the spring",
            "DD section gone from his profile pg, wants to change banks",
        ),
    ),
    Problem(
        "526-draft-lost", "Disability claim form", "Saved form is gone",
        ("disability/file-disability-claim-form-21-526ez",), ("526 form", "disability claim form",
         "526EZ online"),
        (
            "saved 526 form is gone, disability claim started over at step 1",
            "disability form lost everything he had saved, 40 days of work",
            "in progress 526 claim form vanished after he signed back in",
        ),
        ("SIP-422", "error SIP-422", "form save failed SIP-422"),
    ),
    Problem(
        "address-refused", "Profile and address", "Address not accepted",
        ("profile/contact-information",), ("profile page", "contact info page"),
        (
            "profile will not take new mailing address, says it can't be confirmed",
            "address change keeps getting kicked back on profile pg, rural route",
            "updating address on profile fails, site insists on old apt",
        ),
        ("ADDR-304", "error ADDR304", "code ADDR-304"),
    ),
    Problem(
        "labs-missing", "Health records", "Labs missing",
        ("my-health/medical-records", "my-health/medical-records/labs-and-tests"),
        ("health records", "medical records pg", "blue button"),
        (
            "lab results from last month missing in health records",
            "health records show no labs after June, dr says they are in",
            "labs gone from medical records pg, list is empty",
        ),
    ),
    Problem(
        "refill-error", "Prescriptions", "Refill fails",
        ("my-health/medications", "my-health/medications/refill"), ("rx refill page", "medications page"),
        (
            "rx refill request fails online, has 2 pills left",
            "prescription refill button gives error, all meds",
            "can't refill prescriptions, page says request not sent",
        ),
        ("RX-139", "error RX139", "err RX-139"),
    ),
    Problem(
        "appointments-blank", "Appointments", "List does not load",
        ("my-health/appointments",), ("appointments page", "appts list"),
        (
            "appointments list stays blank, cannot see his appts",
            "appts page says can't show appointments right now",
            "upcoming appointments won't display, missed one bc of it",
        ),
        ("VAOS_504", "error VAOS-504", "vaos 504"),
    ),
    Problem(
        "gi-bill-statement", "GI Bill", "Statement of benefits unavailable",
        ("education/check-remaining-post-9-11-gi-bill-benefits",),
        ("GI Bill statement page", "ch33 pg"),
        (
            "GI Bill remaining months not shown, school needs the statement",
            "post 9/11 GI bill statement of benefits not available online",
            "gi bill page says no record though he is in 2nd semester",
        ),
        ("EDU-404", "error EDU 404"),
    ),
    Problem(
        "appeal-missing", "Appeals", "Appeal not listed",
        ("track-claims/your-claims", "claim-or-appeal-status"), ("appeals tab", "claims and appeals list"),
        (
            "appeal not listed any more, only the old claim is there",
            "his HLR appeal vanished from the claims and appeals list",
            "board appeal filed in Aug does not show under appeals",
        ),
    ),
    Problem(
        "app-crash", "Mobile app", "App closes by itself",
        (), ("mobile app", "VA app", "Health and Benefits app"),
        (
            "VA mobile app closes by itself when opening claims tab, android 15",
            "mobile app crashes right after the splash screen since update to 2.37",
            "VA app on his samsung shuts down every time he taps claims",
        ),
    ),
    Problem(
        "app-face-id", "Mobile app", "Face ID fails",
        (), ("mobile app", "VA: Health and Benefits app"),
        (
            "mobile app will not take Face ID any more, asks to sign in each time",
            "VA app face id broke after iOS update, app signs her out",
        ),
        ("MOBL_401", "error MOBL 401"),
    ),
)  # fmt: skip

# Something is wrong, and nobody can say what: no page, no code, nothing to tell it by.
VAGUE = (
    "VA.gov not working for caller. Cleared cache, tried chrome + edge. No change",
    "website is acting up per vet, could not get him to say which page. va.gov is slow?",
    "clr says va.gov 'does nothing'. not at computer now, will call back w/ details",
    "va.gov issue, vet frustrated and hung up before I could get the error",
    "something wrong on va.gov since the weekend, wife normally does it for him. need more info",
    "vet says buttons on va.gov don't do anything on his old tablet. f/u needed for browser version",
    "Va.Gov keeps 'freezing up', unclear where. asked for screenshot",
    "problems w/ the VA site. says it's the governments fault. no specifics given va.gov",
)
