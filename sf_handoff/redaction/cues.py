"""Words after which a name stands, by how surely: 3 names somebody, 2 leads to somebody, 1 may."""

from __future__ import annotations

import re

_I = re.IGNORECASE | re.ASCII
_IS = r"(?:[\s:,;\"'(=#*-]|\b(?:is|was|named|name|called)\b){1,6}"
_GAP = r"[\s:,;\"'(=*.-]{1,4}"
_TITLES = (
    "dr|prof|rev|sra?|srta|senor|senora|don"
    "|dona|sgt|ssgt|ssg|sfc|1sg|csm|sgm|cpl|lcpl|pfc|pvt|"
    "spc|lt|ltc|ltcol|2lt|1lt|cpt|capt|maj|"
    "col|brig|adm|radm|cdr|cmdr|lcdr|ens|cpo|mcpo|scpo|po[123]"
    "|(?-i:MSG)|tsgt|msgt|smsgt|cmsgt|sra|a1c|amn|cw[2-5]|wo1|gysgt|mgysgt"
    "|hm[123c]|sgt maj|first sgt|gunny|"
    "sergeant|staff sergeant|captain|major|colonel|lieutenant"
    "|corporal|private|admiral|commander|general|gen|airman|seaman"
    "|specialist|chief|petty officer|judge|hon|atty|attorney|"
    "congressman|congresswoman|senator|nurse|father|pastor|officer"
)
_KIN = (
    "wife|husband|hubby|spouse|spse|widow|widower|son|daughter"
    "|mother|father|mom|mum|dad|brother|sister|fiancee?|partner"
    "|niece|nephew|aunt|uncle|grandson|granddaughter|"
    "grandfather|grandmother|grandma|grandpa|cousin|caregiver"
    "|poa|vso|cvso|fiduciary|lawyer|rep|representative|friend"
    "|neighbor|neighbour|stepson|stepdaughter|guardian|"
    "daughter in law|son in law|father in law|mother in law|girlfriend"
    "|boyfriend|roommate|ex wife|ex husband|social worker|esposa"
    "|esposo|hijo|hija|madre|padre"
)
_NAMED = (
    "(?:first|last|full|maiden|legal|middle|married|sur|correct"
    "|his|her|their|my|vet'?s?|veteran'?s?|caller'?s?|sp(?:ouse)?'?s?)? "
    "?names?(?: is| was| of| listed as| shows? as| as|:| =| on "
    "file is| on file:| should be| changed to| changed from)"
    r"|named|aka|a\.k\.a\.|goes by|n[e]e|formerly known as|known "
    "as|alias|surname(?: is|:)?|me llamo|se llama|mi nombre es"
    "|spelled|signed by|signed|initials|nickname(?: is|:)?|prefers"
    "(?: to be called)?|addressed to|made out to|payable to"
)
_TALK = (
    "(?:spoke|spoken|speak|speaking|talked|talk|talking|chatted"
    "|met|meeting|call|appt|appointment)(?: again| directly| "
    "today| yesterday| briefly)? (?:with|w/|w|to)|spoke w/ ?|"
    "spk w/?|spoke|conf(?:erence)? (?:call )?with|c/b from|cb "
    "from|call(?:s|ed)? (?:back )?(?:from|by)|"
    "my name'?s?|this is|i am|i'm|it is|it's|on behalf of|behalf "
    "of|o/b/o|obo|c/o|in care of|attn|attention|per|cc|from|to"
    "|for|by|with|w/|between|contact|poc|ask(?:ed)? for|asking "
    "for|regarding|re|about|of|via|and|&|"
    "dear|hi|hello|hey|hola|good morning|good afternoon|good "
    "evening|thanks|thank you|thx|ty|tks|regards|sincerely|best "
    "regards|best|v/?r|respectfully|cheers|yours truly|signed"
    "|gracias|"
    "submitted by|assigned to|transferred to|xfer(?:red|d)? to"
    "|emailed|e-mailed|notified|told|advised|asked|helped|called"
    "|cld|texted|paged|"
    "customer|cust|claimant|clmt|beneficiary|bene|member|patient"
    "|pt|deceased|decedent|vet|vets|veteran|veterano|caller|clr"
    "|agent|rep|representative|supervisor|spvr|lead|mgr|manager"
    "|user|contact name|client|applicant|dependent|student|payee"
    "|who|since|because|when|that|if|but|as|so|says|said"
)


def _cue(alternatives: str, gap: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?:{alternatives})(?![\w]){gap}(?=[a-z])", _I)


CUES = (
    (4, _cue(_NAMED, _GAP)),
    (4, re.compile(r"(?<![\w.])(?:mr|mrs|ms|miss|mx)\b[.]?[ ]{0,2}(?=[a-z])", _I)),
    (3, re.compile(rf"(?<![\w.])(?:{_TITLES})\b[.]?[ ]{{0,2}}(?=[a-z])", _I)),
    (2, _cue(_KIN, _IS)),
    (2, _cue("old man|old lady|old timer|young man|young lady|buddy|pal|lady|gentleman|guy", " ")),
    (
        2,
        _cue(
            "(?:spoke|spoken|talked|met|speaking|chatted|speak|talk)(?: "
            "again| directly| today| yesterday| briefly)? (?:with|w/|"
            "w|to)|spoke w/|my name'?s?|c/b from|cb from|on behalf of"
            "|behalf of|o/b/o|obo|c/o|in care of|attn|poc|dear|hola|"
            "ask(?:ed)? for|asking for|thanks|thx|ty|regards|sincerely"
            "|v/?r|respectfully|cheers|call(?:s|ed)? (?:back )?(?:from"
            "|by)|this is|contact name|signed|caller:|vet:|veteran:|cust:"
            "|customer:|contact:|agent:|rep:|from:|to:|cc:|attn:|poc:",
            r"[\s:,;\"'(=*.-]{0,4}",
        ),
    ),
    (1, _cue(_TALK, _GAP)),
)
# What people do, right after their name.
CALLED = re.compile(
    "(?:'s (?:wife|husband|son|daughter|claim|case|account|acct"
    "|appeal|phone|email|dob|ssn|vso|poa|file|benefits|check|"
    "mother|father|widow|spouse|address|login|number))?"
    "(?:[ ,]{1,2}\\(?(?:first|last|middle|maiden) name\\b|[ ]\\(sic\\)|[ ]from\\b|[ ]on (?:the "
    ")?(?:line|phone)\\b)|[ ,]{1,2}(?:(?:also|just|then|again|now|still|has|had|is"
    "|was) )?(?:called|calling|calls|says|said|saying|states?"
    "|stated|stating|reports?|reported|wants|wanted|asked|asks"
    "|asking|advised|"
    "explained|claims|complained|complains|confirmed|tried|tries"
    "|trying|sent|wrote|writes|mentioned|told|tells|cannot|can't"
    "|cant|couldn't|hung|lives|born|served|emailed|phoned|requested"
    "|requests|received|upset|angry|frustrated|due|needs|disconnected"
    "|declined|refused|verified|has|had|is|was|uses|using|lost"
    "|gets?|got|does|did|can|thinks|thought|spoke|moved|knows"
    "|likes|hates|died|passed|gave|gives|went|goes|keeps|kept"
    "|again|(?:the|his|her|vet'?s?) (?:wife|husband|spouse|son"
    "|daughter|mother|father|widow|niece|nephew|brother|sister"
    r"|caregiver|vso|poa))\b|[ ,]{1,2}\(?(?:wife|husband|spouse"
    "|son|daughter|mother|father|widow|niece|nephew|brother|sister"
    r"|caregiver|vso|poa|fiduciary|spouse)\b",
    _I,
)
LAST_FIRST = re.compile(r"(?<![\w])([A-Z][A-Za-z']+(?:-[A-Z][A-Za-z']+)?),\s?([A-Z][A-Za-z']+)", re.ASCII)
# Initials or a short name at the end of a line, after a dash.
SIGNED = re.compile(
    r"(?:^|[\s.,;!?])(?:[-~/]{1,3}|//)[ ]?([A-Za-z]{2,3}|[A-Z]\.[ "
    r"]?[A-Z]\.?|[a-z]{4,14})[ .]{0,2}$",
    re.ASCII | re.MULTILINE,
)
