// Runs the adapter of docs/howto/open-cti.md, with a stand-in for Salesforce's Open CTI library.
//
// Reads from its standard input the program's file, the service and the calls to pop for; prints what the agent
// was shown, and what was handed to screenPop(). The stand-in takes the documented parameters and no others.
// https://developer.salesforce.com/docs/service/api-cti/guide/sforce-api-cti-screenpop-lex.html

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const told = JSON.parse(readFileSync(0, "utf-8"));
const opened = [];

const PARAMS = {
  sobject: ["recordId"],
  url: ["url"],
  objecthome: ["scope"],
  list: ["listViewId", "scope"],
  search: ["searchString"],
  newRecord: ["entityName", "defaultFieldValues"],
  flow: ["flowDevName", "flowArgs"],
};

function refuse(what) {
  throw new Error(`screenPop: ${what}`);
}

function screenPop({ type, params, callback, ...more }) {
  const allowed = PARAMS[type] ?? refuse(`${type} is no type`);
  const odd = Object.keys(params).filter((name) => !allowed.includes(name));
  if (odd.length || Object.keys(more).length) {
    refuse("unknown parameters");
  }
  if (type === "sobject" && !/^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/.test(params.recordId)) {
    refuse("recordId");
  }
  for (const { name, type: kind, value, ...rest } of params.flowArgs ?? []) {
    if (!name || !kind || value === undefined || Object.keys(rest).length) {
      refuse("flowArgs");
    }
  }
  opened.push({ type, params });
  callback({ success: true, returnValue: null, errors: [] });
}

globalThis.sforce = {
  opencti: {
    screenPop,
    SCREENPOP_TYPE: {
      SOBJECT: "sobject",
      URL: "url",
      OBJECTHOME: "objecthome",
      LIST: "list",
      SEARCH: "search",
      NEW_RECORD_MODAL: "newRecord",
      FLOW: "flow",
    },
  },
};

const { popFor } = await import(pathToFileURL(told.program));
const answers = [];
const shown = [];
for (const call of told.calls) {
  answers.push(await popFor(call, told.service, told.token, (words) => shown.push(words)));
}
console.log(JSON.stringify({ answers, shown, opened }));
