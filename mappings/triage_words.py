"""The words that agents use: for the site, for other things, for what callers do; and what is no error code.

A phrase is found as whole words, whatever the case, the ending ("load", "loads", "loading") and the
apostrophe; `..` in it stands for one or two words, or none. Phrases are parted by semicolons. SPELLINGS are
read as the word they stand for, so that one phrase covers "cannot", "unable" and "won't". After a change
`python -m benchmarks.triage_quality` shows what became better or worse.
"""

from __future__ import annotations

from sf_handoff.reports.triage_map import phrases, spelled

# Contractions stand without their apostrophe.
SPELLINGS = spelled(
    {
        "not": (
            "cant cannot couldnt cudnt wont wouldnt doesnt dosent doesn didnt isnt arent wasnt "
            "hasnt havent unable never dont nt refuses"
        ),
        "login": "logon signin signon loging logged logging loged",
        "sign": "signing signed",
        "error": "err errors erorr eror errored",
        "message": "msg",
        "upload": "uploading uplaod upld attach attaching",
        "page": "pg pgs webpage screen tab",
        "website": "websight websit webste web-site",
        "password": "pw pwd pasword passcode",
        "claim": "clm clms",
        "status": "stat",
        "appointment": "appt appts",
        "prescription": "rx rxs meds",
        "letter": "ltr ltrs",
        "deposit": "dd",
        "veteran": "vet",
        "document": "docs doc",
        "account": "acct",
        "received": "recvd rcvd",
        "submit": "submiting submited",
        "load": "loads",
        "open": "opens opening",
    }
)

# Crisis words are a caller's own; agents write about somebody else. To miss one is worse than to find one too
# many, so nothing denies them.
OF_OTHERS = spelled(
    {
        "my": "his her their your",
        "myself": "himself herself themselves themself yourself hisself",
        "take": "taking took taken",
        "want": "wanted wanting",
        "die": "dying",
    }
)

SITE = "the site"
PLACE = "a place on the site"
OTHER_SYSTEM = "another system"
OTHER_MATTER = "another matter"
CONFUSION = "user error"
QUESTION = "a question"
SOLVED = "solved on the call"
CONFIRMED = "confirmed"
REFERS = "refers to something else"

# What error codes begin with: "DD-5003", "RX139". Of other names before a number nothing is carried on.
SYSTEMS = ("addr", "dd", "edu", "rx", "sip")
# These mean nothing else, and may stand apart from their number: "MOBL 502".
SYSTEMS_APART = ("bgs", "carma", "evss", "mobl", "vaos")
# "Area code 503" is no error, nor is a form's number.
NOT_ERRORS = frozenset(
    (
        "access area billing claim cpt diagnostic dial gate icd in login passcode pin post postal "
        "procedure promo rating security ssn text time verification zip"
    ).split()
)
FORMS = frozenset({"dd_214", "dd_215", "dd_256", "dd_2656"})

GROUPS = {
    SITE: phrases(
        """
        va gov; va. gov; vagov; va dot gov; va website; va web site; va site; website; web site; the site;
        site says; site shows; site is; site will; site does; status tool; claim tool; comparison tool;
        our site; online; the app; mobile app; va app; phone app; health and benefits app; login gov;
        logingov; id me; idme; ds login; dslogin; my va; browser; chrome; safari; firefox; portal;
        homepage; home page
        """
    ),
    # What only something online has, or what agents call the places there.
    PLACE: phrases(
        """
        page; modal; upload; download; blue button; text code; six digit code; 6 digit code; drop down;
        dropdown; android; iphone; ios; claims list; claims and appeals list; appointments list; button;
        face id; fingerprint; in his profile; in her profile; on his profile; on her profile; from
        profile; profile section; deposit section
        """
    ),
    OTHER_SYSTEM: phrases(
        """
        ebenefits; e benefits; milconnect; tricare; dfas; mypay; usajobs; ssa gov; social security
        website; irs; turbotax; vba ivr; vbms; our crm; phone system; phone tree; phone line; call center
        line; vetext; kiosk; fax machine; usps; his bank; her bank; bank app; bank website; private
        portal; community provider portal
        """
    ),
    OTHER_MATTER: phrases(
        """
        thyroid; lab result; blood test; rude; wait time; on hold; parking; travel pay; beneficiary
        travel; regional office; vaco; wheelchair; denied benefits; claim was denied; disagree ..
        decision; unhappy .. decision; rating is too low; check in the mail; not received .. check; not
        received .. payment; late payment; funeral; headstone; burial; cemetery; grave; thank; compliment;
        policy; congress; staffing; doctor; nurse; bus pass; homeless; food; prosthetic; copay bill; debt;
        overpayment
        """
    ),
    CONFUSION: phrases(
        """
        not know; typed .. instead; thought .. lost; misread; misunderstood; did not realize; looking in
        .. wrong; forgot .. password; forgot .. username; forgotten password; lost .. password; wrong
        password; wrong username; mistyped; typed .. wrong; typo; caps lock; not know how; not sure how;
        not understand how; confused; confusing; was on the wrong; wrong page; wrong website; wrong
        button; not realize; not see the button; not find the button; not find where; not know where; pop
        up blocker; popup blocker; not tech savvy; not computer savvy; user error; not have an account;
        new phone number for .. code; old phone number; entered .. wrong; using .. wrong email; expected
        .. sooner; not ready to submit; skipped a required; left .. required field
        """
    ),
    QUESTION: phrases(
        """
        how to; how do; how can; where to; where do; where can; wants to know how; wants to know where;
        like to know how; like to know where; where on; asking about; asked about; asks whether; asked
        whether; asks if; question about; help finding; help to find; assistance with; needs help; walked;
        explained; guided; instructed; showed .. where
        """
    ),
    SOLVED: phrases(
        """
        all good now; then .. worked; until .. cleared; sees .. fine; signed in ok; signed in fine; went
        ok; opens fine now; turned off and; came up after; works now; working now; work now; now works;
        now working; resolved on the call; issue resolved; was able to login; was able to sign in; able to
        login now; able to sign in now; got in after; got in fine; cleared .. cache .. works; cleared ..
        cache .. worked; after clearing .. cache; fixed it; worked after; that worked; problem solved;
        then worked; loaded fine; went through on; no longer happening; is fine now; fine now; is back up;
        back up now
        """
    ),
    REFERS: phrases(
        """
        see notes; see note; see case; see earlier; see prior; see previous; see first; see attached;
        refer to; same as before; as before; see email; see e mail; see ticket; see last
        """
    ),
    CONFIRMED: phrases(
        """
        i was able to reproduce; able to reproduce; reproduced; can reproduce; agent sees same; i see the
        same; we see the same; i see same; same on my end; same on our end; same error on my; same error
        on another; same error on two; same error on both; same on another; same on two; same on both;
        same result on; same result in; same thing on; different browser; another browser; other browser;
        two browsers; three browsers; several browsers; multiple browsers; different device; another
        device; multiple devices; two devices; both phone and; confirmed with; confirmed by; supervisor
        confirmed; other callers; multiple callers; several callers; another caller; same issue as; known
        issue; tried chrome and; tried edge and; tried safari and; incognito; private window; cleared
        cache and still; after clearing cache still; cleared .. cookies .. still; reinstalled .. still;
        reinstalled .. same; uninstalled .. reinstalled; for everyone; second call about; third call
        about; outage
        """
    ),
}
