"""Nothing personal: whole notes, mails and chats as they come."""

from __future__ import annotations

from tests.redaction.labelled import texts

PLAIN_NOTES = texts(
    'Since last night the Veteran sees ‹"Claim status tool isn\'t available"› on the phone, but on the laptop it is fine. Phone is a ‹Samsung Galaxy A53, Android 14, app 2.41.0›. Advised to update; ‹update not offered yet›.',
    "ISSUE: ‹DECISION LETTER DATED 10/29/2026 DOWNLOADS AS 0 KB›. BROWSER: ‹EDGE 120›. STEPS TRIED: ‹INCOGNITO, OTHER PC›. REQUEST: ‹MAIL COPY›. STATUS: ‹SENT TO RO›.",
    "good afternoon team, pls see below from product: ‹the fix for MOBL_502 is in build 242›, rollout ‹10% Tuesday, 50% Thursday, 100% Monday›. do not promise dates. thx",
    "Visitor 09:41: ‹hi is the site down›\nAgent 09:42: ‹Yes, since 9:15 ET›. We hope it is back within the hour.\nVisitor 09:42: ‹ok i will wait›\nSystem: ‹Visitor has left the chat›",
    "Caller drove ‹2 hours› to the ‹Buffalo RO› since the page said walk ins ok; it was closed. Page shows ‹hours Mon-Fri 8:00-16:00›. Please have the web team correct it. ‹Not a sign-in issue›.",
    'Reviewed ‹KA-00117› w/ caller: ‹Login.gov› cannot reuse a phone on ‹5 accounts›. He has ‹one›. Error text ‹"This phone number is associated with the maximum number of accounts"›. Sent to ‹Login.gov help center›.',
    "Vet asks what ‹38 CFR 3.156(d)› has to do with his upload. It was in the footer of the ‹VA Form 20-0995› confirmation. Confusing. ‹Content team?›",
    "‹Third call this month›. Letter says ‹overpayment $1,882.40›, site says ‹$0.00›. Due ‹12/15/2026›. Debt line ‹is by menu option 1›. Vet will pay by check if site is right.",
    'La persona no logró ‹subir el formulario 21-4142›. Mensaje: ‹"El archivo no es válido"›. Archivo de ‹3 MB en PDF›. Se abrió el ‹caso 00121007›.',
    "follow up on ‹SF 00119002›: vet says ‹still broken on Pixel, fine on Firefox›; he may buy a new phone; will let us know. ‹set to pending 7 days›",
    "Hi,\n\nFor the weekly: ‹1,204 calls, 318 technical, 41 escalated›. Top page ‹/track-claims›. The page price of that: ‹6 agent hours a day›.\n\nBest,\n‹WHH Reporting›",
    'Before transfer: asked ‹device, browser, exact error, time›. Answers: ‹iPad 9th gen, Safari 17, "Request timed out", 2:15 pm CT›. After transfer: ‹dropped›. ‹No callback number taken.›',
    "Auto reply: ‹I am out of the office until Monday, November 30›. For urgent matters call the ‹main line 800-698-2411 (TTY: 711)›. ‹This mailbox is not monitored.›",
    "Caller is a grant writer for a nonprofit and wants the ‹number of users of Blue Button in FY 2025›. Not for us; sent to ‹FOIA page›. ‹Closed same day›.",
    'Vet can hear the ‹JAWS› voice read ‹"button button button"› on ‹step 6 of 8›. In ‹NVDA› it reads ‹"Continue"›. Accessibility ticket wanted. ‹No deadline›.',
    "Unable to duplicate. Tried ‹test user on staging, Chrome and Edge, at 10:10 and 11:30›. Logs show ‹no 5xx between 10:00 and 12:00›. ‹Ask for new time stamp›.",
    'Vet got a text from ‹"VA-NOTIFY 26827"› that his claim moved, yet the app shows the old phase. Lag of ‹36 hours›. Told data is refreshed ‹overnight›.',
    'The ‹Post-9/11 GI Bill Statement of Benefits› says ‹"12 months, 4 days"›, school says ‹14 months›. Edu line ‹888-442-4551› closed at ‹7 pm ET›. ‹Will try in the morning.›',
    "per Tier 2: ‹ID proofing passed, LOA3 ok›, so cause is downstream: ‹BGS timeouts 08:30-08:50›. Refresh helped. ‹Resolved›. Customer was kind",
    'Vet uses hotel wifi in ‹Guam›; got ‹"Access Denied ... Reference #18.5c2f1002.1763600000.4ab1"›. Akamai geo rule? ‹works on LTE›.',
    "ALL STAFF: ‹VA.gov PLANNED MAINTENANCE SUN 11/22 0000-0400 ET›. ‹CLAIMS, LETTERS, PAYMENTS› OFFLINE. USE SCRIPT ‹B-7›. DO NOT OPEN CASES.",
    "Hello my app keeps saying ‹an update is required› but the store has only ‹open›. I have an ‹older iPhone 8 with iOS 16›. what now",
    "Customer asked how long ‹Gathering of evidence› takes; site said ‹134.6 days› avg last month, now ‹128.1›. Explained. He will be patient. ‹No defect.›",
    "copy of error: ‹TypeError: Cannot read properties of undefined (reading 'attributes') at main.8f2c1.js:2:118342›; page ‹my-va›; repeats on each load",
    "Dear Veteran, Thank you for contacting us. ‹Your issue has been sent to the team that can help.› You do not need to call again. ‹Reference: case 00121544.›",
    "Spouse on line, vet in room gave verbal ok. General nav help only: ‹VA.gov > Disability > Upload evidence›. ‹Took 25 minutes›, two restarts, success.",
    "We tested with ‹St. Paul RO›: letters addressed from ‹Janesville› show the old logo. Cosmetic. ‹Low›. Hope to bundle with ‹Q1 release›.",
    "survey free text: ‹agent was patient, site is not›. score ‹2/5›. may want to share w/ design",
)
