"""Pasted mail, chats, web forms and voice mail."""

from __future__ import annotations

from tests.redaction.labelled import texts

MAIL = texts(
    'From: «name:Wanda Pruett-Salazar» <«email:wpruett@example.com»>\nSubject: ‹can not upload my evidence›\n\nHello, I have tried since Saturday to send my husband\'s records in and it tells me ‹"Error: file did not upload"›. His name is «name:Rigoberto Salazar», claim «claim_id:600384410». Please call me at «phone:719-555-0158» after I get off work at 4. Thank you ‖ Rigoberto Salazar',
    'Vet e-mailed the WH line:\n"Good morning, every time I click on ‹Check your claim status› I get sent back to home page. I am using a Dell laptop with Edge. I do not want to wait on hold again. Sincerely, «name:Hollis J. Vandermeer», USN Ret."\nReplied with ‹clear cookies› steps.',
    "Pasted from chat:\nVet: hi my app wont open\nAgent: what phone\nVet: ‹galaxy s10 android 12›\nAgent: did you update\nVet: yes yesterday and since then it ‹closes by itself›\nAgent: ty, sending it up",
    'Fwd from congressional office: constituent «name:Eustace Goodvoice» is unable to file online, gets ‹"Our system is unavailable"›. Staffer is «name:Molly Haugen», «email:mhaugen@example.org», she wants an answer by ‹COB Friday›. Has privacy release. ‖ Eustace Goodvoice',
    "Email in:\n>I have been a patient in Fresno since 1994 and I never had these troubles.\n>‹The page keeps saying session timed out.›\n>Hmong Veteran «name:Cha Neng Moua»\nCalled him back, no ans, mailbox full.",
    'Subject: URGENT my direct deposit\nTo whom it may concern, I changed banks, new acct «other_id:880014427731» and the site says ‹"we can\'t save your information because of a security issue"›. I am 100% and my family of 5 depends on it. «name:Antoine Desrosiers», ssn «ssn:000-47-9921», «phone:305-555-0199»\n-- ‹sent from my iPhone› ‖ Antoine Desrosiers',
    'Hello VA,\nwhy is it that I must prove who I am AGAIN? I did this in 2022 at the post office in Tulsa. ‹ID.me says "identity verification required"›. I am not doing a selfie. Fix it.\n(no name given, vet used the web form)',
    "Copy of chat transcript 2:14 PM:\n«name:Renata»: Hi, I'm «name:Renata», how can I help?\nvet: it says ‹Something went wrong on our end please try again later› when i open prescriptions\n«name:Renata»: Are you in the app or the website?\nvet: web. my name is «name:Doyle Etcitty»\n«name:Renata»: ok one moment ‖ Doyle Etcitty",
    'On Tue, «name:Judith Mandelbaum» wrote:\n> I attached my discharge as «file_name:mandelbaum-dd214-member4.pdf»\nMam, please do not send by e-mail, upload at ‹va.gov/upload-evidence›... she says upload gave ‹"Network error (0)"›. Forwarding.',
    "Dear Sir or Madam, I'm writing about ‹form 10-10CG›. I pushed submit on the 14th and it says ‹\"We didn't receive your application\"›. My husband is in the room he is the Veteran «name:Sione Mafileo», I am primary caregiver «name:'Ana Mafileo». We live at «address:2840 Redwood Spur Rd, East Palo Alto, CA 94303» if you need to mail. Thanks",
    "PT called back in ref to e-mail of yesterday. ‹Still no verification code arrives›, even after whitelisting. Gmail. Will try sms instead. *** ‹call quality poor› ***",
    'Re: Re: Fwd: ‹VA.gov ticket 00482213›\nHi «name:Luz», per below the vet says issue has come back. Same as before, ‹blank screen after "Continue"› on the 526. Could you re-open? Thanks, «name:Bartholomew (Bart) Nwosu»\nWHVAHL Tier 1',
    'Voice mail transcript: "Yes uh this is «name:Earl Dean Muncy», «name:M U N C Y», my number is «phone:304-555-0167», that\'s «phone:304-555-0167». I been trying to get on that computer and it ‹says my password is expired›. Call me back. Bye."',
    'VM: "hey it\'s me again calling bout the ‹refill site›, it is down again, thank you" - no name, no number, caller id blocked.',
    'Vet sent letter to WH:\n"Mr. President, the VA web page ‹locked my account› for 30 days..." Signed Cpl. «name:Waylon Thibodeaux», USMC, «address:611 Cypress Bend Rd, Houma, Louisiana 70363». Please contact. ‖ Thibodeaux, Waylon',
    "Email from VSO:\nCould somebody look at why ‹SEP / QuickSubmit won't accept› my clients' packets? Get \"‹Upload failed: invalid metadata›\" on all since 8/30. It's not one vet, it's all 12. PDFs under 25MB.\nThx, «name:Gwendolyn Ashby», «phone:803-555-0113 x2207»",
    'From the web form: Name: «name:Pham Quoc Dat» | DOB: «birth_date:1951-08-30» | Phone: «phone:7145550168» | Email: «email:datpham51@example.net» | Problem: ‹cannot see my letter of decision, page say "no letters"› ‖ Dat Quoc Pham',
    'Web form: Name: (blank) | Topic: ‹Website› | Message: your search box dont work, I type "‹hearing aid batteries›" and get 0 results, yesterday had lots',
    'Wife e-mailed on vet\'s behalf: "He cannot do it himself he has ‹Parkinsons›. We get as far as the ‹page for uploading ID› and it says picture not clear. We did it 11 times. Can someone come out to the house? «name:Glenda» & «name:Floyd Harbaugh»" ‖ Harbaugh, Floyd',
    "RE: your call of 10/3\nMs. «name:Trinidad-Lopez», the developers tell us that ‹the fix for the 0995 went in on 10/9›. Please try once more and let us know.\nV/r\n«name:C. Stallworth»\nWhite House VA Hotline",
)
