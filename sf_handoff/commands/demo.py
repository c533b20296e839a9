"""`demo`: the whole story, on an embedded org of its own, in words that a contact-center lead would use."""

from __future__ import annotations

import base64
import secrets
import tempfile
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands import screen_pop as agent
from sf_handoff.commands.demo_reports import ReportStory
from sf_handoff.commands.serve import write_whole
from sf_handoff.commands.talk import data, json_option, option, say

if TYPE_CHECKING:
    from sf_handoff.calls.receipt import Receipt
    from sf_handoff.connector import Connector
    from sf_handoff.embedded import Embedded


@click.command()
@option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Also write the documents to this folder."
)
@json_option
def demo(out: Path | None, json: bool) -> None:
    """Show the whole story on an embedded org: a tap, an outage, the call, the report, tickets, answers."""
    with tempfile.TemporaryDirectory(prefix="sf-handoff-demo-") as folder:
        story = Story(say if json else click.echo, out)
        documents = story.tell(Path(folder))
    for name, document in documents.items() if out else ():
        out.mkdir(mode=0o700, parents=True, exist_ok=True)  # type: ignore[union-attr]
        write_whole(out / f"{name}.json", _pretty(document))  # type: ignore[operator]
    if json:
        data(documents, pretty=True)
    elif out:
        click.echo(f"\nThe documents are in {out}: {', '.join(f'{name}.json' for name in documents)}")


class Story:
    """Tells what happens, step by step; the clock is the demo's own, so that a code can be too late."""

    def __init__(self, tell: Any, out: Path | None = None) -> None:
        self._tell, self._out, self._step = tell, out, 0
        self._ahead = timedelta()

    def tell(self, folder: Path) -> dict[str, Any]:
        from pydantic import SecretStr

        from sf_handoff.adapters.assembly import connect, embedded_settings, start_embedded
        from sf_handoff.adapters.settings import Settings
        from sf_handoff.mapping import bundled

        key = base64.b64encode(secrets.token_bytes(32)).decode()
        store = f"sqlite:///{folder / 'store.sqlite3'}"
        settings = Settings(
            org="embedded",
            store=store,
            encryption_keys=SecretStr(f"demo:{key}"),
            answer_authors="avery-analyst",
        )
        with start_embedded(folder / "org", bundled()) as org:
            self._tell("The embedded org is up. It answers as Salesforce does, and its records are invented.")
            settings = embedded_settings(settings, org)
            with connect(settings, self.now) as connector:
                documents = self._chapters(connector, org)
            ReportStory(self._tell, self._heading, self.now, self._out).tell(settings, org)
            return documents

    def now(self) -> datetime:
        from sf_handoff.connector import utc_now

        return utc_now() + self._ahead

    def _chapters(self, connector: Connector, org: Embedded) -> dict[str, Any]:
        payload, receipt = self._tap(connector)
        self._again(connector, org, payload)
        self._outage(connector, org)
        pop = self._call(connector, receipt)
        self._after(connector, org, receipt)
        return {"handoff": payload, "receipt": receipt.model_dump(mode="json"), "screen-pop": pop}

    def _tap(self, connector: Connector) -> tuple[dict[str, Any], Receipt]:
        self._heading(
            "A tap",
            "Jesse Gray looks at a claim in the VA mobile app, has a question and taps 800-827-1000.",
            "The app's backend hands over what it has. Before anything is sent, it is kept and sealed.",
        )
        payload = self._payload()
        receipt = connector.hand_off(payload)
        self._document(receipt.model_dump(mode="json"))
        calls = "call" if receipt.api_calls == 1 else "calls"
        self._tell(
            f"Salesforce has Case {receipt.case_number} and Task {receipt.task_id} after {receipt.api_calls} "
            f"API {calls}.\nThe phone dials {receipt.dial.link}: the hotline, a pause, and a code that works "
            "once, for ten minutes."
        )
        return payload, receipt

    def _again(self, connector: Connector, org: Embedded, payload: dict[str, Any]) -> None:
        self._heading(
            "Twice is once",
            "An agent has taken the Case over and works on it. The backend is not sure that it was heard,",
            "and sends the same handoff again. Then Jesse taps a second time, about the same claim.",
        )
        case, agent_id = org.records("Case")[0], org.records("User")[0]["Id"]
        org.update("Case", case["Id"], Status="Working", OwnerId=agent_id)
        first = connector.hand_off(payload)
        second = connector.hand_off(self._payload())
        case = org.records("Case")[0]
        kept = case["Status"] == "Working" and case["OwnerId"] == agent_id
        self._tell(
            f"The same handoff again: still Case {first.case_number}, Task {first.task_id}.\n"
            f"A second tap: Case {second.case_number}, and one more Task, {second.task_id}.\n"
            f"In the org: {len(org.records('Case'))} Case, {len(org.records('Task'))} Tasks.\n"
            f"The agent's status and ownership {'stayed as they were' if kept else 'were lost'}."
        )

    def _outage(self, connector: Connector, org: Embedded) -> None:
        from sf_handoff.embedded import Fault

        self._heading(
            "Salesforce is away",
            "Morgan Reyes taps while Salesforce is down for maintenance. The call must go on.",
        )
        org.faults.add(Fault("/services/", "html", times=99))
        receipt = connector.hand_off(self._payload(_morgan()))
        self._tell(
            f"{receipt.status}: {receipt.message}\nThe phone still dials {receipt.dial.link}. Nothing is "
            "lost: staff see it with `sf-handoff outbox list`."
        )
        org.faults.clear()
        self._tell("Salesforce is back. `sf-handoff outbox resync`:")
        for sent in connector.resync():
            self._tell(f"{sent.status}: Case {sent.case_number}, Task {sent.task_id}.")

    def _call(self, connector: Connector, receipt: Receipt) -> dict[str, Any]:
        from sf_handoff.calls.binding import IncomingCall

        self._heading("The call", "The call arrives with the dialled code. The agent's screen shows:")
        code = receipt.dial.code or ""
        pop = connector.screen_pop(IncomingCall("call-1", "+15035550142", "+18008271000", code))
        document = pop.model_dump(mode="json")
        self._tell(agent.in_words(pop))
        self._heading("The same, for any desktop", "The document that a telephony system reads:")
        self._document(document)
        self._heading(
            "When it does not fit", "A wrong digit, a blocked number, a code used twice, twenty minutes late."
        )
        wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
        for said, call in (
            ("wrong code   ", IncomingCall("call-2", "+12025550199", digits=wrong)),
            ("blocked      ", IncomingCall("call-3", "anonymous")),
            ("used twice   ", IncomingCall("call-4", "+12025550199", digits=code)),
            ("20 min late  ", self._late_call(connector)),
        ):
            seen = connector.screen_pop(call)
            self._tell(f"{said} level {seen.assurance.level}: {'; '.join(seen.assurance.reasons)}.")
        return document

    def _after(self, connector: Connector, org: Embedded, receipt: Receipt) -> None:
        self._heading(
            "After the call",
            "The Case of the matched call has gone live by itself. The agent says how it went, and Jesse",
            "would like to be called back about the rest.",
        )
        connector.resync()
        told = connector.record_outcome(receipt.handoff_id, reason="confirmed", call_key="call-1")
        case = next(each for each in org.records("Case") if each["Id"] == receipt.case_id)
        self._tell(
            f"Case {receipt.case_number} is {case['Handoff_State__c']}, by {case['Handoff_Call_Key__c']}. "
            f"Its outcome, {case['Handoff_Outcome__c']}, took {told.api_calls} API call."
        )
        opens = next_opening(self.now())
        asked = connector.request_callback(
            receipt.handoff_id, not_before=opens, not_after=opens + timedelta(hours=2)
        )
        self._tell(f"Callback: Task {asked.task_id}, open, in the queue of the tap.")

    def _late_call(self, connector: Connector) -> Any:
        from sf_handoff.calls.binding import IncomingCall

        receipt = connector.hand_off(self._payload(_morgan()))
        self._ahead += timedelta(minutes=20)
        return IncomingCall("call-5", "+13045550117", digits=receipt.dial.code)

    def _payload(self, veteran: dict[str, Any] | None = None) -> dict[str, Any]:
        from sf_handoff.calls.samples import sample_handoff

        changes = {"veteran": veteran} if veteran else {}
        return sample_handoff(at=self.now(), handoff_id=str(uuid.uuid4()), **changes)

    def _heading(self, title: str, *lines: str) -> None:
        self._step += 1
        self._tell("\n".join(("", f"{self._step}. {title}", *lines, "")))

    def _document(self, document: Any) -> None:
        self._tell(_pretty(document))


def next_opening(now: datetime) -> datetime:
    from sf_handoff.mapping import bundled

    hours = next(line.hours for line in bundled().ramps.lines if line.hours and line.calls_back)
    return hours.opens_next(now)


def _morgan() -> dict[str, Any]:
    return {
        "icn": "1000000001V100001",
        "first_name": "Morgan",
        "last_name": "Reyes",
        "phone": "+13045550117",
    }


def _pretty(document: Any) -> str:
    import json

    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
