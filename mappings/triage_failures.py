"""How the site fails, in the words of agents: symptoms and error texts; and its products, pages and sections.

How phrases are written: see `triage_words.py`.
"""

from __future__ import annotations

from sf_handoff.reports.triage_map import ErrorText, Product, Symptom, phrases

# In the order of what tells most: the first that is heard is the case's symptom. `also` counts only where the
# site is named: offices close, people do not work, and checks go missing.
SYMPTOMS = (
    Symptom(
        "no sign-in code",
        phrases(
            """
            code .. not .. come; code .. not .. arrive; text code not; code .. not texted; not get ..
            code; not receive .. code; code not sent; verification code not
            """
        ),
        also=phrases("code not"),
        product="Sign in",
    ),
    Symptom(
        "cannot sign in",
        phrases(
            """
            login .. sign in .. code not; kicked back to .. sign in; login not; sign in not; sign in ..
            fail; login .. fail; fail .. login; fail .. sign in; face id not; not take face id; not ..
            login; not .. sign in; not .. sign on; not .. log in; not .. log on; login loop; sign in loop;
            loops .. sign in; loops .. login; back to .. sign in; back to .. login; not .. verify
            identity; identity verification not; not verify .. identity; login not work; sign in not work;
            trouble .. login; trouble .. log in; trouble .. sign in; problem .. login; problem .. sign in;
            issue .. login; issue .. sign in; not accept .. password; password not accepted; locked out of
            .. account; account .. locked
            """
        ),
        also=phrases(
            """
            not .. get in; not .. get into; not .. access .. account; locked out; code not; kicked back to
            """
        ),
        product="Sign in",
    ),
    Symptom(
        "file refused",
        phrases(
            """
            rejects .. pdf; rejects .. file; pdf .. refused; pdf .. rejected; file rejected; upload
            rejects; not accept .. pdf; pdf .. protected; pdf .. encrypted; file .. locked
            """
        ),
        also=phrases("not accept .. file; not accept .. document; file .. refused; file .. encrypted"),
        product="Upload documents",
    ),
    Symptom(
        "upload fails",
        phrases(
            """
            upload .. hangs; upload .. times out; upload times out; upload .. not; not .. upload; upload
            not; upload error; upload stuck; upload hangs; upload keeps; upload stops; upload freezes;
            error .. upload; stuck .. upload; trouble upload; problem upload; upload .. fail; fail ..
            upload; upload button
            """
        ),
        also=phrases("document not go through"),
        product="Upload documents",
    ),
    Symptom(
        "cannot submit",
        phrases(
            """
            not .. save; nothing saves; save not; fail .. save; save .. fail; fail .. submit; submit ..
            fail; bounces back; button gives; request not sent; submit button; error .. submit; not let ..
            submit; not allow .. submit; not let .. save; not let .. continue; continue button; save
            button; submit .. error; refill button; button not; button .. nothing; greyed out; grayed out;
            not clickable; stuck on step
            """
        ),
        also=phrases(
            """
            not take; kicked back; update .. fail; updating .. fails; not .. update; not .. change;
            request not; not confirmed; not .. submit; not go through; not .. save; not .. move past; not
            .. get past; not .. proceed; trouble submit; form not; not let .. refill; not let .. schedule;
            not let .. update; not let .. change; stuck on page
            """
        ),
    ),
    Symptom(
        "logged out",
        phrases(
            """
            signs her out; asks .. sign in .. again; asks to sign in each time; logs .. out; login .. out;
            signs .. out; session expired; session timed out; session ends; session keeps
            """
        ),
        also=phrases("kicked out; kicks .. out; kicked off; kicks .. off; booted out"),
    ),
    Symptom(
        "wrong data shown",
        phrases("shows wrong step"),
        also=phrases(
            """
            wrong step; shows step; back at .. step; shows .. but; says .. but; back at gathering; shows
            .. wrong; shows .. incorrect; shows closed; shows as closed; says closed but; shows .. denied
            but; shows old; shows someone elses; another veterans; still shows; displays .. wrong;
            incorrectly shows; incorrect information; incorrect data; wrong information; wrong status;
            status is wrong; status wrong; wrong date; wrong address; wrong amount; wrong name; duplicate;
            not updated; not match; out of date; stale
            """
        ),
    ),
    Symptom(
        "app crashes",
        phrases(
            """
            app .. crashes; app .. crashing; app .. closes; closes by itself; shuts down every; shuts down
            each; app .. shuts; app .. shuts down; app .. freezes; app .. frozen; app .. froze
            """
        ),
        product="Mobile app",
    ),
    Symptom(
        "does not open",
        phrases(
            """
            error out; errors out; page errors; loading forever; not .. download; download .. fail; fail
            .. load; fail .. open; download error; website .. acting up; va gov .. acting up; problem ..
            website; problem .. va site; va gov not work; va gov issue; va gov problem; not .. load; page
            not .. open; not .. pull up; spinning wheel; page .. spins; page .. spinning; spinner; loading
            circle; loading wheel; keeps loading; stuck .. loading; just loads; page .. blank; blank page;
            white page; page empty; site down; site is down; website down; website is down; app down; app
            is down; page down; page is down; page crashes; site crashes; page freezes; page frozen; site
            freezes; page .. broken; broken link; link broken; dead link; error message; error page; error
            code; gets .. error; received .. error; sees .. error; shows .. error; throws .. error;
            displays .. error; says .. error; same error; error on page; error when; error every time;
            something went wrong; page not found; page .. unresponsive; page not .. display; page not ..
            come up; app not .. open; app not work; site not work; website not work; page not work; link
            not work
            """
        ),
        also=phrases(
            """
            errors; fail; gets stuck; is stuck; stuck at; acting up; does nothing; not do anything;
            something wrong; slow; broke; broken; freezing up; not available online; not .. open; not ..
            come up; not .. display; not .. respond; not work; spins; blank; is down; seems down; crashes;
            it freezes; freezes up; keeps freezing; froze up; is frozen; hangs; times out; time out;
            timing out; goes nowhere; an error; the error; error on; unavailable; not available right now;
            unresponsive; glitch; bug; not .. view; not .. access
            """
        ),
    ),
    Symptom(
        "data missing",
        (),
        also=phrases(
            """
            gone; not shown; no record; lost everything; lost .. saved; is empty; vanish; no .. option;
            missing; not .. show; not see; not to see; not able to see; not .. appear; not listed; not
            there; disappeared; vanished; is gone; are gone; no longer there; no longer see; no longer
            shows; no claims; not .. find; shows nothing; shows no; nothing shows; nothing there; empty
            list; list is empty
            """
        ),
    ),
)

# Where the report's column names no product, the first whose words are heard counts.
PRODUCTS = (
    Product(
        "Upload documents",
        phrases(
            """
            upload .. document; upload .. evidence; upload .. file; upload .. medical; evidence upload;
            document upload; upload page; upload tool; files tab; add evidence; additional evidence
            """
        ),
        pages=(
            "/upload-files",
            "/upload-supporting-documents",
            "/track-claims/your-claims/:id/files",
            "/track-claims/your-claims/:id/additional-evidence",
        ),
    ),
    Product(
        "Direct deposit",
        phrases("direct deposit; bank information; bank info; banking info; bank account; routing number"),
        pages=(
            "/change-direct-deposit",
            "/profile/direct-deposit",
        ),
    ),
    Product(
        "Appeals",
        phrases("appeal; supplemental claim; higher level review; board appeal; notice of disagreement"),
        pages=("/decision-reviews",),
    ),
    Product(
        "Disability claim form",
        phrases(
            """
            526; 526ez; disability form; disability application; disability claim form; intent to file;
            claim form; file .. claim; filing .. claim; submit .. claim
            """
        ),
        pages=("/disability/file-disability-claim-form-21-526ez",),
    ),
    Product(
        "Claim status",
        phrases(
            """
            claim status; claims status; status of .. claim; claim tracker; claim tracking; track ..
            claim; check .. claim; claim page; claim list; claim detail; status tool; claim and appeal;
            see .. claim; view .. claim; open .. claim; claim
            """
        ),
        pages=(
            "/claim-or-appeal-status",
            "/track-claims",
            "/your-claims",
        ),
    ),
    Product(
        "GI Bill",
        phrases(
            """
            gi bill; education benefit; coe; certificate of eligibility; comparison tool; enrollment
            verification
            """
        ),
        pages=("/education",),
    ),
    Product(
        "Letters",
        phrases("letter; benefit summary; award letter; decision letter; verification letter"),
        pages=("/records/download-va-letters",),
    ),
    Product(
        "Prescriptions",
        phrases("prescription; refill; medication"),
        pages=(
            "/health-care/refill-track-prescriptions",
            "/my-health/medications",
        ),
    ),
    Product(
        "Appointments",
        phrases("appointment; schedule .. visit; video visit; telehealth"),
        pages=(
            "/my-health/appointments",
            "/health-care/schedule-view-va-appointments",
        ),
    ),
    Product(
        "Health records",
        phrases(
            """
            health record; medical record; blue button; lab result; test result; secure message; health
            summary
            """
        ),
        pages=(
            "/health-care/get-medical-records",
            "/my-health/medical-records",
        ),
    ),
    Product(
        "Profile and address",
        phrases(
            """
            mailing address; home address; address change; change .. address; update .. address; profile;
            contact information; phone number .. profile; email .. profile
            """
        ),
        pages=("/profile",),
    ),
    Product(
        "Sign in",
        phrases(
            """
            sign in; login; log in; login gov; id me; idme; ds login; verify .. identity; verification
            code; password
            """
        ),
        pages=(
            "/sign-in",
            "/verify",
        ),
    ),
    Product(
        "Mobile app",
        phrases("mobile app; va app; phone app; the app; iphone app; android app; health and benefits app"),
    ),
)

# The first part of the path of a page; of other paths nothing is carried on.
SECTIONS = frozenset(
    (
        "burials-memorials careers-employment change-direct-deposit claim-or-appeal-status contact-us "
        "decision-reviews disability education family-and-caregiver-benefits find-forms find-locations "
        "health-care housing-assistance life-insurance my-health my-va pension profile records resources "
        "service-member-benefits sign-in track-claims verify view-change-dependents"
    ).split()
)

ERRORS = (
    ErrorText(
        "something went wrong",
        phrases("something went wrong; something is wrong on our end; went wrong on our end"),
        general=True,
    ),
    ErrorText("try again later", phrases("try again later; please try again"), general=True),
    ErrorText("unavailable", phrases("unavailable; not available right now; temporarily down"), general=True),
    ErrorText("session expired", phrases("session expired; session has expired; session timed out")),
    ErrorText("page not found", phrases("page not found; 404")),
    ErrorText("not authorized", phrases("not authorized; unauthorized; access denied; not have permission")),
    ErrorText(
        "maintenance",
        phrases("scheduled maintenance; under maintenance; system maintenance; down for maintenance"),
    ),
    ErrorText(
        "cannot verify identity",
        phrases("not verify your identity; not match your information; not find your record"),
    ),
    ErrorText(
        "file is locked",
        phrases("file .. encrypted; file .. locked; pdf .. protected; locked with a password"),
    ),
    ErrorText("file too large", phrases("file too large; file is too large; exceeds .. size")),
    ErrorText(
        "file type",
        phrases("file type not; file type is not; unsupported file; invalid file; not a valid pdf"),
    ),
    ErrorText(
        "multiple records", phrases("multiple records; duplicate records; more than one id; multiple ids")
    ),
)
