"""Writes docs/reference/ from the code: python docs/generate.py. A test holds the files against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from pydantic.json_schema import GenerateJsonSchema

from sf_handoff.adapters.settings import PREFIX, Settings
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.policy import KeptOnly
from sf_handoff.calls.pop_document import ScreenPop
from sf_handoff.calls.states import Status
from sf_handoff.calls.why import Why
from sf_handoff.commands import cli
from sf_handoff.mapping import Field, LinkByKey, LinkByName, Picklist, Text, bundled
from sf_handoff.retry import codes_by_verdict

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Made by docs/generate.py from the code. Change the code, then run it. -->\n"


def pages() -> dict[str, str]:
    return {
        "fields.md": fields(),
        "settings.md": settings(),
        "commands.md": commands(),
        "codes.md": codes(),
        "payload.md": payload(),
        "screen-pop.schema.json": pop_schema(),
    }


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |\n" for line in lines)


def fields() -> str:
    maps = bundled()
    said = [
        NOTE,
        "# Fields\n",
        "What is written where. `once` is set when the record is made; `ours` every time.\n",
    ]
    for group in maps.groups:
        said.append(f"## {group.sobject}, {group.when}\n")
        said.append(table(("field", "kind", "written", "note"), field_rows(group.fields)))
    person = maps.person
    said += [
        f"## {person.sobject}\n",
        "Never written; matched by its key.\n",
        table(
            ("field", "kind", "note"),
            [(f"`{person.key}`", f"text, {person.length}", f"external id: {person.label}")],
        ),
    ]
    return "\n".join(said)


def field_rows(fields: Iterable[Field[Any]]) -> Iterator[tuple[str, ...]]:
    for field in fields:
        key = "external id, unique, case-sensitive. " if isinstance(field, Text) and field.key else ""
        yield f"`{field.api_name}`", kind(field), field.written.value, f"{key}{field.help}".strip()


def kind(field: Field[Any]) -> str:
    if isinstance(field, Picklist):
        return f"picklist: {', '.join(field.values)}"
    if isinstance(field, LinkByKey):
        return f"link to {field.to} by `{field.key}`"
    if isinstance(field, LinkByName):
        return f"link to {field.to} by DeveloperName"
    if isinstance(field, Text):
        exact = ", refused if longer" if field.key or field.exact else ", cut if longer"
        return f"{field.describe_type}, {field.length}{exact}"
    return field.describe_type


def settings() -> str:
    rows = [
        (f"`{PREFIX}{name.upper()}`", field.description or "", default(field.default))
        for name, field in Settings.model_fields.items()
    ]
    intro = "Read once from the environment or a `.env` file. Nothing defaults to a real system.\n"
    return "\n".join([NOTE, "# Settings\n", intro, table(("setting", "what it says", "default"), rows)])


def default(value: object) -> str:
    text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return f"`{text}`" if text not in (None, "") else ""


def commands() -> str:
    said = [
        NOTE,
        "# Commands\n",
        "Data goes to stdout, talk to stderr. Every option has an environment variable.\n",
    ]
    for path, command in every_command(cli, ()):
        with click.Context(command, info_name=" ".join(("sf-handoff", *path))) as context:
            context.auto_envvar_prefix = "_".join(("SF_HANDOFF", *path)).replace("-", "_").upper()
            context.terminal_width = context.max_content_width = 100
            said += [f"## {' '.join(path)}\n", f"```\n{command.get_help(context)}\n```\n"]
    return "\n".join(said)


def every_command(
    group: click.Group, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name), command


def codes() -> str:
    states = [(f"`{state.value}`", state.words) for state in Status]
    kept = [(f"`{reason.name}`", reason.value) for reason in KeptOnly]
    verdicts = [
        (verdict.value, ", ".join(f"`{code}`" for code in sorted(found)))
        for verdict, found in codes_by_verdict().items()
    ]
    return "\n".join(
        [
            NOTE,
            "# States and codes\n",
            table(("state", "meaning"), states),
            "## Why a handoff is kept only\n",
            table(("code", "meaning"), kept),
            "## Why a handoff is due, parked or set aside, in our own codes\n",
            table(("code", "meaning", "what to do"), [(f"`{code}`", *words) for code, words in OWN.items()]),
            "## What Salesforce's codes mean to us\n",
            "A code that is not here is judged by its HTTP status and kept as it is.\n",
            table(("what we do", "codes"), verdicts),
        ]
    )


# Each is raised somewhere in the package; a test looks for it there.
OWN = {why.name: (why.meaning, why.todo) for why in Why}


def payload() -> str:
    said = [NOTE, "# The payload `handoff/1`\n", INTRO]
    schema = Handoff.model_json_schema()
    for name, model in [("Top level", schema), *schema["$defs"].items()]:
        if name in ("Claim", "Phase", "Appeal"):
            continue
        required = set(model.get("required", ()))
        rows = [
            (f"`{key}`", "yes" if key in required else "", SHAPES.get((name, key), ""))
            for key in model["properties"]
        ]
        said += [f"## {name}\n", table(("key", "required", "takes"), rows)]
    return "\n".join(said)


class EveryKey(GenerateJsonSchema):
    """A pop leaves out no key: it is null where there is nothing to say."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True


def pop_schema() -> str:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:sf-handoff:screen-pop:1"}
    found = ScreenPop.model_json_schema(mode="serialization", schema_generator=EveryKey)
    return json.dumps(head | found, indent=2, ensure_ascii=False) + "\n"


INTRO = """JSON in UTF-8, at most 256 KiB. Unknown keys are refused, except inside `claim` and `appeal`, which
are taken as VA's services sent them. What is wrong is named by path, never by value.
"""
SHAPES = {
    ("Top level", "schema"): "`handoff/1`",
    ("Top level", "handoff_id"): "a UUID, the idempotency key; derived from the content where absent",
    ("Top level", "occurred_at"): "when the number was tapped, with time zone",
    ("Top level", "observed_at"): "when the app had shown its data",
    ("Top level", "screen"): "the app's name of the screen",
    ("Top level", "dialed"): "the number that was tapped",
    ("Top level", "tty"): "true for TTY or relay",
    (
        "Top level",
        "claim",
    ): "a Lighthouse v2 claim, a claims index member, or a mobile v0 claim; bare or in `data`",
    ("Top level", "appeal"): "a Caseflow v2 appeal; bare or in `data`",
    ("Top level", "recent"): "at most 50",
    ("Top level", "errors"): "at most 50 errors that the app showed",
    ("Top level", "consent"): "without it nothing personal is kept",
    ("SignIn", "loa"): "1, 2 or 3; below 3 no person and no claim are kept",
    ("Veteran", "icn"): "ten digits, V, six digits; the fully qualified form too",
    ("Veteran", "phone"): "in any spelling",
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
