// A whole conversation with an org through jsforce as it comes.
//
// Reads from its standard input whom to talk to and which steps to take, and prints one line of JSON per
// step: what came back, or the exception. A step that fails does not end the conversation.
// https://jsforce.github.io/document/

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const told = JSON.parse(readFileSync(0, "utf-8"));
const jsforce = createRequire(`${told.installed}/`)("@jsforce/jsforce-node");

const KEY = "Handoff_Id__c";
const VERSION = "66.0";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const TOO_LONG = "x".repeat(256);
const POLL = { pollInterval: 20, pollTimeout: 20_000 };
const { url: loginUrl, clientId, clientSecret } = told;

const connection = (more) => new jsforce.Connection({ loginUrl, version: VERSION, ...more });
const anonymous = (instanceUrl) => connection({ instanceUrl, accessToken: "none" });
const app = (clientSecret) => connection({ oauth2: { clientId, clientSecret } });
const org = app(clientSecret);
const cases = org.sobject("Case");
const cleanly = ({ attributes, ...fields }) => fields;

async function token() {
  const user = await org.authorize({ grant_type: "client_credentials" });
  return { user: user.id, organization: user.organizationId, instance: org.instanceUrl };
}

const steps = {
  async assertion() {
    const other = connection();
    await other.authorize({ grant_type: JWT_BEARER, assertion: told.assertion });
    return { instance: other.instanceUrl, sobjects: (await other.describeGlobal()).sobjects.length > 0 };
  },

  async create() {
    return cases.create({ [KEY]: "made", Subject: "Made", Taps__c: 3, TTY__c: true, Filed__c: "2026-11-20" });
  },

  async read() {
    const { id } = await cases.create({ [KEY]: "read", Subject: "Read" });
    return cases.retrieve(id);
  },

  async update() {
    const { id } = await cases.create({ [KEY]: "updated", Subject: "Before", Taps__c: 1 });
    return cases.update({ Id: id, Subject: "After", Taps__c: null });
  },

  async upsert() {
    const first = await cases.upsert({ [KEY]: "upserted", Subject: "Once" }, KEY);
    const second = await cases.upsert({ [KEY]: "upserted", Subject: "Twice" }, KEY);
    return [first, second];
  },

  async delete() {
    const { id } = await cases.create({ [KEY]: "deleted", Subject: "Gone" });
    return cases.destroy(id);
  },

  async pages() {
    const many = Array.from({ length: 2001 }, (_, at) => ({ Name: `Account ${at}` }));
    const made = await org.sobject("Account").create(many, { allOrNone: true, allowRecursive: true });
    const soql = "SELECT Name FROM Account WHERE Name LIKE 'Account %'";
    const first = await org.query(soql);
    const last = await org.queryMore(first.nextRecordsUrl);
    const whole = await org.query(soql, { autoFetch: true, maxFetch: 5000 });
    return {
      made: made.filter((each) => each.success).length,
      first: [first.records.length, first.totalSize, first.done],
      last: [last.records.length, last.totalSize, last.done],
      whole: new Set(whole.records.map((each) => each.Name)).size,
    };
  },

  async find() {
    await cases.create([1, 2, 3].map((at) => ({ [KEY]: `found-${at}`, Subject: "Found", Taps__c: at })));
    const wanted = { Subject: "Found", Taps__c: { $gt: 1 } };
    const found = await cases.find(wanted, "Taps__c, Contact.Name").sort("-Taps__c");
    return found.map(cleanly);
  },

  async composite() {
    const url = `/services/data/v${VERSION}/sobjects/Case`;
    const body = { [KEY]: "composed", Subject: "Composed" };
    return org.requestPost("/composite", {
      allOrNone: true,
      compositeRequest: [
        { method: "POST", url, referenceId: "made", body },
        { method: "GET", url: `${url}/@{made.id}?fields=Subject`, referenceId: "read" },
      ],
    });
  },

  async collections() {
    const pair = (subject) => [1, 2].map((at) => ({ [KEY]: `row-${at}`, Subject: `${subject} ${at}` }));
    const created = await cases.create(pair("Created"));
    const upserted = await cases.upsert([...pair("Upserted"), { [KEY]: "row-3", Subject: "New" }], KEY);
    const ids = upserted.map((each) => each.id);
    const updated = await cases.update([{ Id: ids[0], Subject: "Updated" }, { Id: ids[1], Taps__c: "none" }]);
    const read = await cases.retrieve(ids, { fields: ["Subject"] });
    const deleted = await cases.destroy([ids[2]]);
    return { created, upserted, updated, read: read.map(cleanly), deleted };
  },

  async together() {
    const good = { [KEY]: "together-1", Subject: "Good" };
    const bad = { [KEY]: "together-2", Subject: TOO_LONG };
    return cases.create([good, bad], { allOrNone: true });
  },

  async describe() {
    const described = await cases.describe();
    const all = await org.describeGlobal();
    return {
      prefix: described.keyPrefix,
      key: described.fields.find((each) => each.name === KEY),
      names: all.sobjects.map((each) => each.name),
    };
  },

  async limits() {
    const { DailyApiRequests } = await org.limits();
    return { daily: DailyApiRequests, used: org.limitInfo.apiUsage };
  },

  async "bulk upsert"() {
    const input = [1, 2].map((at) => ({ [KEY]: `bulk-${at}`, Subject: `Bulk, "${at}"`, TTY__c: at === 1 }));
    await cases.create({ [KEY]: "bulk-1", Subject: "Before" });
    const bad = { [KEY]: "bulk-3", Subject: TOO_LONG, TTY__c: false };
    const job = { object: "Case", operation: "upsert", externalIdFieldName: KEY, lineEnding: "LF" };
    return org.bulk2.loadAndWaitForResults({ ...job, input: [...input, bad], ...POLL });
  },

  async "bulk query"() {
    await cases.create([1, 2, 3].map((at) => ({ [KEY]: `asked-${at}`, Subject: `Asked,\n"${at}"` })));
    const soql = `SELECT ${KEY}, Subject FROM Case WHERE ${KEY} LIKE 'asked-%' ORDER BY ${KEY}`;
    return (await org.bulk2.query(soql, POLL)).toArray();
  },

  async "bulk refused"() {
    return org.bulk2.query("SELECT Nonsense__c FROM Case", POLL);
  },

  async report() {
    const [{ id }] = (await org.analytics.reports()).filter((each) => each.name === told.report);
    return org.analytics.report(id).execute({ details: true });
  },

  async write() {
    return cases.upsert({ [KEY]: told.key, Subject: told.subject }, KEY);
  },

  async "read by key"() {
    return cleanly(await cases.findOne({ [KEY]: told.key }, "Id, Subject"));
  },

  "no such record": () => cases.retrieve("500000000000000AAA"),
  "no such report": () => org.analytics.report("00O000000000000AAA").execute(),
  "no such sObject": () => org.sobject("Nonsense__c").create({ Name: "x" }),
  "no such field": () => cases.create({ Nonsense__c: "x" }),
  "too long": () => cases.create({ Subject: TOO_LONG }),
  "not SOQL": () => org.query("SELEKT Id"),
  "key taken": async () => {
    await cases.create({ [KEY]: "taken", Subject: "First" });
    return cases.create({ [KEY]: "taken", Subject: "Second" });
  },
  "several matches": () => org.request(`/sobjects/Contact/ICN__c/${told.several}`),
  "no session": () => anonymous(loginUrl).query("SELECT Id FROM Case"),
  "wrong secret": () => app("wrong").authorize({ grant_type: "client_credentials" }),
  elsewhere: () => anonymous("http://127.0.0.2:80").requestPost("/", {}),
};

async function take(step, run) {
  try {
    console.log(JSON.stringify({ step, answer: await run() }));
  } catch (error) {
    const { name, errorCode, message } = error;
    const raised = { class: error.constructor.name, name, errorCode, message, cause: error.cause?.message };
    console.log(JSON.stringify({ step, raised }));
  }
}

await take("token", token);
for (const step of told.steps) {
  await take(step, steps[step]);
}
