"""Letters, loans, schooling, debts and survivors."""

from __future__ import annotations

from tests.redaction.labelled import texts

LETTERS_BENEFITS = texts(
    '‹Benefit summary letter› downloads w/ old address. Vet changed address in June. Needs for property tax exemption in Cook County by 9/1. Vet: «name:Ezekiel Majors», new addr «address:5516 S Marrowfield Ter, Chicago, IL 60636». Says "update" link on the letter page goes to ‹404›. ‖ Ezekiel Majors',
    'Vet cannot get COE for home loan. Application page says ‹"We couldn\'t make an automatic decision"› & to upload DD214. Upload "success" on 7/8, no status. Closing on house is ‹Aug 2›. Lender is asking. I sent to ‹LGY / St. Paul›, nobody is answering there he says.',
    'GI Bill: vet can\'t verify enrollment for May. Text said reply YES, he did, got ‹"We didn\'t recognize your response"›. Web says ‹"You currently have no enrollments to verify"›. School certified. Name «name:Tyrese Okoro-Banks», ph «phone:702 555 0125». Gave him 888-442-4551.',
    "Statement of benefits ‹Post-9/11› shows 0 months left, vet says he has 14 mos 6 days. Used ‹22-1995› to change schools. Buffalo RO.",
    "Dependent wants to use transferred ed benefits. «name:Savannah Kimbrell» applied on ‹22-1990e› & got denied letter in 5 seconds online. Sponsor is dad MSgt «name:Travis Kimbrell», last four «ssn:6140». TOE approved in milConnect 2020. Help pls. ‖ Travis Kimbrell",
    'Vet trying to get 1099? told VA comp not taxable. He wants ‹"proof of income letter"› . Letter page lists 5 letters not that one.',
    "letter PDF opens sideways in Preview on ‹macOS 14.5›. Printing ok tho.",
    'debt portal: ‹"We can\'t show your debt"›, letter he got says $‹1,846.22› owed. DMC says pay on pay.va.gov w/ deduction code 30. Vet says portal wanted Payee number and person entitled. File #«file_number:31 447 902». Caller «name:Arlene Whitebull», vet herself. ‖ Whitebull, Arlene',
    "pay.gov took payment twice, ‹$48.00› ea, for copay. bill date 6/30. Card ends in 4 digits he didnt say. told call the copay line .. dont have the no, check pls",
    'copay bill page shows ‹"$0.00 balance"› & he got paper bill for ‹$130›. 2nd mo in row.',
    "FSR ‹5655› form. Gets to employment history & can't add 2nd job. \"Save\" does nada. Chrome v127. I tried on staging and same result here so it's a bug",
    "Vet wants commissary letter. ‹Downloaded OK.› closing",
    "veteran «name:Mihail Dragomir» asks about travel reimbursement for ‹VR&E, Chapter 31›. He's had same counselor, Ms. «name:Ledbetter», who won't answer. eVA portal gives ‹\"User not invited\"›. Email there «email:m.dragomir@example.com».",
    "Burial benefits form 21P-530EZ: widow «name:Hattie Mae Crenshaw» of «name:Rufus Crenshaw» is at ‹upload death certificate› and file «file_name:Rufus death cert.pdf» spins. She's using nephew's computer at the library. Has receipts in an envelope & wants a mailing address as well: gave ‹Pension Intake Center, Janesville WI›. Her ssn «ssn:000 83 1102» ‖ Crenshaw, Rufus",
    'Pre-need form: ‹40-10007› wont accept foreign place of birth of «name:Bronislava Hrynyk» ("Lviv, USSR"). says ‹"Choose a valid state"› ‖ Hrynyk, Bronislava',
    'VET TEC 2.0 application button is not there. Page says ‹"Application opens soon"›. Since last fall says vet.',
    "Flag for burial? ‹27-2008›, told post office",
    "compare tool: GI Bill comparison tool shows ‹wrong housing allowance ($1,122)› for his school online vs in person. He is 1 class in residence. Not bug i think but he does",
    'Fry scholarship kid: «name:Mateo Arroyo», DOB «birth_date:10/10/2005», mom «name:Yesenia Arroyo» calling. Site has ‹"sponsor not found"›. Sponsor died on active duty 2009. Mom\'s been told 3 different things by 3 people. cb «phone:210-555-0192» ‹before 5 CT›.',
    "Survivors pension app ‹534EZ›. Income page wants monthly & she put yearly so says not elig. Redo it. ok",
    "payment history is missing ‹Sept 1 payment›. Bank didn't get it either. Vet «name:Thaddeus Boone-Littlejohn». Not tech → sent him to 800-827-1000. He said wait time there is ‹1 hr 50›.",
    'letters page → ‹"Your VA letters and documents are unavailable"› - several veterans today, about 11 AM onward',
    "Vet's service verification letter shows ‹0 days of service›. Navy res 1986-94. Needs for job w/ state of ‹Maine› by Wednesday",
    "caller said he's from bank and wants to verify vet's award. ‹Third party, no release on file›. Declined. No info given.",
    'Form ‹21-674› for student: child «name:Ximena Zaragoza», turned 18 on «birth_date:5/9/2006», school start date not accepted "‹must be a past date›" but class starts in Aug. Vet «name:Octavio Zaragoza» cell «phone:915-555-0184». He filled 3 times. ‖ Octavio Zaragoza',
    'found typo on ‹va.gov/pension/veterans-pension-rates›: "Vetereans"',
    "DIC app: error ‹\"Veteran's SSN doesn't match our records\"›. She typed in «ssn:900-18-6645» which is what's on death cert. Widow's name is «name:Soledad Magtanggol», husband was «name:Renato Magtanggol», Navy steward 22 yrs. Has marriage cert from ‹Cavite›. ‖ Soledad Magtanggol",
    'Vet asks for copy of ‹DD214›. told milConnect / eVetRecs (NARA). He said eVetRecs sends him in circle, ‹"request number not recognized"›.',
    "Life insurance VALife policy # «other_id:VL-0039918274» , payment by card shows ‹declined›; bank says they never saw attempt. Vet «name:Gordon Ballentine».",
    "sgli to vgli – ‹wrong office›, gave OSGLI",
    "can vet use va.gov to check on ‹specially adapted housing› grant? no status online. Told",
    "Caller Rev. «name:Alphonse Toussaint» from a church, helps homeless vet «name:Jimmy Lee Hargrove» get ‹benefit letter› for HUD-VASH. Vet isn't w/ him now. Explained need vet on line. They'll cb tmrw w/ vet on 3 way ‖ Jimmy Lee Hargrove",
    "CH35 DEA: text verification. number on file is mom's «phone:502-555-0129». student «name:Kiersten Vanderhoof». ‹How to change number for texts›",
    "Award ltr has 3 dependents, web has ‹two›",
    "vet wants SAH, not a web thing. ‹xfer 1000›",
    '"‹We can\'t find a record of your certificate of eligibility›" funding fee refund, vet «name:Parminder Dhaliwal», loan no «other_id:48-48-6-0998123»',
)
