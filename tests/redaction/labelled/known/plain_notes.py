"""Nothing personal: whole notes, mails and chats as they come."""

from __future__ import annotations

from tests.redaction.labelled import texts

PLAIN_NOTES = texts(
    "Veteran states that since the ‹update on 11/16/2026› the ‹VA Health and Benefits app› closes as soon as claims is tapped. ‹iPhone 13, iOS 17.5.1, build 238›. Reinstalled twice, no change. ‹Told to use VA.gov› meanwhile.",
    'Vet was able to sign in with ‹Login.gov› but not with ‹ID.me›. Gets ‹"We can\'t verify your identity"› each time. Advised to go to ‹www.va.gov/resources/signing-in-to-vagov/› and to call ‹800-698-2411›. No further action.',
    "CALLER WANTED TO KNOW WHY HER ‹CLAIM STATUS› WENT FROM ‹STEP 5› TO ‹STEP 3›. EXPLAINED THAT NEW EVIDENCE CAN SEND IT BACK. NOT A TECHNICAL ISSUE. ‹CLOSED›.",
    "Subject: ‹RE: letters not generating›\n\nHi team,\n\nThis is the ‹4th› report since ‹Monday›. All on ‹Chrome 119›. Can someone look at ‹EVSS_502› please?\n\nThank you,\n‹Contact Center›",
    "[13:01] Visitor: ‹page wont load›\n[13:02] Agent: Thank you for your service. ‹Which browser› do you use?\n[13:04] Visitor: ‹edge›\n[13:05] Agent: Please try ‹Firefox›. I will wait.\n[13:09] Visitor: ‹works thx›",
    "Dear Veteran,\nYour request was received. You should hear from us in ‹24 to 48 hours›.\nSincerely,\n‹The Department of Veterans Affairs›",
    "Listened to vm, caller did not leave a name or number. Said ‹the app says error 503 on the payments page›. ‹Unable to call back›.",
    'Steps: 1. open app 2. tap ‹Benefits› 3. tap ‹Claims› 4. pick the ‹closed› tab. Expected list, got ‹"No claims"›. Happens on ‹2 of 3› tries. ‹Workaround: pull to refresh›.',
    "Vet has a ‹2019 Moto G› and no computer. ‹The form 10-10EZ› asks to sign with a mouse. Mailed paper form to the clinic. ‹Will call back in 2 weeks›.",
    "tier1 notes: cleared cookies, tried private window, ‹same spinner›; tier2: ‹known issue, see SF 00099120›; told vet we hope to have it fixed by ‹Friday›",
    "Caller reports that the ‹Camp Lejeune› and ‹PACT Act› links on the home page go to the same place. May be by design. Page team to confirm. ‹Low priority›.",
    "Vet is a retired nurse and sees ‹two ratings, 60% and 70%›, under ‹Disability rating›. Which one is right? The ‹award letter of 10/02/2026› says ‹70›. Back pay of ‹$8,114.20› came on ‹10/15›.",
    "per phone tree: press ‹1› for benefits, ‹2› for health, then hold music ‹20 min›, then drops. Same on ‹800-827-1000› and ‹877-222-8387›. Bill of rights msg plays twice.",
    "El veterano informa que ‹la página de pagos no carga› desde el ‹lunes 16 de noviembre›. Usa ‹Safari en un iPad›. Se le indicó ‹borrar el caché›.",
    "Vet wants to grant his VSO access but the ‹Find a Representative› page returns ‹0 results for 19104›. Tried ‹Philadelphia› and ‹Camden›, same. ‹Radius 100 miles›.",
    'Vet reads me error: ‹"Error code: 502. Reference 18.2f1a2c17.1763661234.9bd01"›. Akamai? ‹Sent to platform›.',
    'Upload of ‹three PDFs› fails at the last page. ‹Sizes 4 MB, 11 MB and 26 MB›. The limit is ‹25 MB› so the last should fail but message says ‹"wrong password"›.',
    "Spouse of Veteran calling. No ‹POA› so no info given. General question: does ‹Fry Scholarship› show on the ‹GI Bill comparison tool›. Sent her to ‹888-442-4551›.",
    "ROUTINE FOLLOW UP. VET SAYS ‹ISSUE PERSISTS AFTER 30 DAYS›. SUPERVISOR REQUESTED. ‹ESCALATED TO TIER 3 HIGH›.",
    "Outage note: ‹Lighthouse 503s from 08:10 to 09:25 ET›. ‹112 calls›, ‹37 cases›. Rose to ‹1 in 5› calls at peak. Mark all as related to ‹SF 00101200›.",
    "Vet young and savvy, sent HAR file by encrypted mail. ‹GET /v0/profile/status 401›, then ‹refresh token expired›. Session is ‹30 minutes› by policy; he got ‹12›.",
    "TTY user via ‹711› relay. Relay operator number read twice. Cannot use the ‹phone verification› for ‹Login.gov›; asks for ‹backup codes› or an ‹authentication app›.",
    "Agent used ‹KA-00412›: sign out, close all tabs, ‹Settings > Safari > Clear History›, sign in. Step ‹4› does not match ‹iOS 18›. Please fix article.",
    'Caller got ‹VA Form 20-0995› back with ‹"box 13 not filled"›; the web form has no box ‹13›. Filed online ‹9/30/2026 at 11:58 PM›, stamped ‹10/01/2026›. Asks for the earlier date under ‹38 CFR 3.155›.',
    "fyi the ‹St. Paul RO› and ‹Buffalo RO› both show ‹Mon-Fri 8-4› on the locator; they closed on ‹Veterans Day, Wednesday, November 11›, page did not say so",
    'vet had hearing aids and a poor line so I repeated ‹step 3› a few times. ‹App says "Try again later (MOBL_502)"›. ok w/ waiting. ‹no cb needed›',
    "Summary of week: ‹claims 41›, ‹letters 18›, ‹payments 9›, ‹sign in 73›. Mostly ‹MHV password retired› and ‹DS Logon›. One praise for the ‹new home page›.",
    "Product team reply: ‹fix merged, goes out with 2.42 on Tuesday›. Please hold cases. We will price the rest next sprint. Thanks all",
    "Vet says mail from ‹the VA newsletter› is spam? told it is ours",
    "Caller wanted the ‹White House› comment line, not us. Gave general info. ‹No VA issue.›",
)
