"""The payload: what is taken, what is refused, and that a refusal tells no value."""

from __future__ import annotations

import json
import pickle
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from itertools import repeat
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.payload import MOST_BYTES
from sf_handoff.calls.samples import caseflow_appeals, sample_handoff
from sf_handoff.errors import InvalidHandoff, Problem

AT = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
CANARY = "CANARY-7f3a"
MINIMAL: dict[str, Any] = {
    "schema": "handoff/1",
    "occurred_at": "2026-11-20T15:04:05Z",
    "sign_in": {"loa": 3},
    "screen": "ClaimStatus",
    "dialed": "+18008271000",
}

quick = settings(
    max_examples=120,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def refusal(payload: Any) -> InvalidHandoff:
    with pytest.raises(InvalidHandoff) as caught:
        Handoff.parse(payload)
    return caught.value


def told(error: InvalidHandoff) -> str:
    """All that a log, a crash reporter or a pickle could show of an error."""
    trace = "".join(traceback.format_exception(error))
    return "\n".join([str(error), repr(error), repr(error.problems), repr(error.__dict__), trace])


def paths(payload: Any) -> list[str]:
    return [problem.path for problem in refusal(payload).problems]


def expected(payload: Any) -> str:
    (problem,) = refusal(payload).problems
    return problem.expected


# What is taken


def test_the_sample_is_read() -> None:
    handoff = Handoff.parse(sample_handoff(at=AT))
    assert handoff.schema_ == "handoff/1"
    assert handoff.occurred_at == AT
    assert handoff.observed_at == AT - timedelta(seconds=55)
    assert handoff.veteran is not None
    assert handoff.veteran.icn == "1234567890V123456"
    assert handoff.app is not None
    assert (handoff.app.os, handoff.app.screen_reader) == ("iOS 17.5", False)
    assert handoff.errors[0].code == "MOBL_502"
    assert handoff.claim is not None
    assert handoff.claim.id == "600000001"
    assert (handoff.consented, handoff.identified) == (True, True)


def test_only_five_things_are_required() -> None:
    handoff = Handoff.parse(MINIMAL)
    optional = (handoff.veteran, handoff.app, handoff.claim, handoff.appeal, handoff.handoff_id)
    assert optional == (None,) * 5
    assert (handoff.recent, handoff.errors, handoff.tty) == ((), (), False)
    assert handoff.consented is False
    assert sorted(paths({})) == ["dialed", "occurred_at", "schema", "screen", "sign_in"]
    assert paths(MINIMAL | {"sign_in": {}}) == ["sign_in.loa"]


@pytest.mark.parametrize(
    ("key", "nothing"),
    [("screen", None), ("screen", " "), ("dialed", None), ("dialed", ""), ("occurred_at", None)],
)
def test_a_required_field_that_is_null_or_blank_is_missing(key: str, nothing: object) -> None:
    assert expected(MINIMAL | {key: nothing}) == "required"


def test_null_stands_for_absent_everywhere_else() -> None:
    everything = dict.fromkeys(
        [
            "handoff_id",
            "observed_at",
            "veteran",
            "app",
            "tty",
            "claim",
            "appeal",
            "recent",
            "errors",
            "consent",
        ]
    )
    assert Handoff.parse(MINIMAL | everything) == Handoff.parse(MINIMAL)


def test_a_handoff_is_passed_through_and_cannot_be_changed() -> None:
    handoff = Handoff.parse(MINIMAL)
    assert Handoff.parse(handoff) is handoff
    with pytest.raises(ValueError, match="frozen"):
        handoff.screen = "Other"


def test_the_schema_may_be_named_either_way_in_python() -> None:
    by_name = {("schema_" if key == "schema" else key): value for key, value in MINIMAL.items()}
    assert Handoff.parse(by_name) == Handoff.parse(MINIMAL)


def test_names_and_identifiers_stay_out_of_repr() -> None:
    shown = repr(Handoff.parse(sample_handoff(at=AT, appeal=caseflow_appeals(AT)[0])))
    for private in ("Jesse", "Gray", "1234567890V123456", "5550142", "600000001", "9000001", "unavailable"):
        assert private not in shown


@pytest.mark.parametrize(
    "written",
    [
        "6F1D7C1E-7A52-4A7C-9D6B-0C1C0F6A2B11",
        " 6f1d7c1e7a524a7c9d6b0c1c0f6a2b11 ",
        UUID("6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"),
    ],
)
def test_ids_take_their_canonical_form(written: object) -> None:
    handoff = Handoff.parse(MINIMAL | {"handoff_id": written, "veteran": {"user_account_uuid": written}})
    assert handoff.handoff_id == "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"
    assert handoff.veteran is not None
    assert handoff.veteran.user_account_uuid == handoff.handoff_id


@pytest.mark.parametrize(
    "written", ["{6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11}", "1", 7, "../../x", "a" * 10_000]
)
def test_I06_a_key_that_is_no_uuid_is_refused(written: object) -> None:
    assert expected(MINIMAL | {"handoff_id": written}) == "expected a UUID"


@pytest.mark.parametrize(
    "written", ["1234567890V123456", " 1234567890v123456\n", "1234567890V123456^NI^200M^USVHA^P"]
)
def test_an_icn_is_normalised(written: str) -> None:
    handoff = Handoff.parse(MINIMAL | {"veteran": {"icn": written}})
    assert handoff.veteran is not None
    assert handoff.veteran.icn == "1234567890V123456"


@pytest.mark.parametrize(
    "written",
    [
        "123456789V123456",
        "12345678901123456",
        "1234567890V123456^PI^200CORP^USVBA^A",
        "1234567890 V123456",
        "x",
    ],
)
def test_an_icn_of_another_shape_is_refused(written: str) -> None:
    error = refusal(MINIMAL | {"veteran": {"icn": written}})
    assert error.problems == (
        Problem("veteran.icn", "expected an ICN: ten digits, the letter V, six digits"),
    )
    assert written == "x" or written not in told(error)


@pytest.mark.parametrize("number", ["+44 20 7946 0958", "anonymous", "800-MY-VA-411 x9", "0000000000"])
def test_a_phone_number_is_kept_as_given(number: str) -> None:
    handoff = Handoff.parse(MINIMAL | {"veteran": {"phone": f" {number} "}})
    assert handoff.veteran is not None
    assert handoff.veteran.phone == number


@pytest.mark.parametrize(
    "written",
    ["2026-11-20T15:04:05Z", "2026-11-20t10:04:05-05:00", AT, AT.astimezone(timezone(timedelta(hours=9)))],
)
def test_moments_are_kept_in_utc(written: object) -> None:
    handoff = Handoff.parse(MINIMAL | {"occurred_at": written})
    assert handoff.occurred_at == AT
    assert handoff.occurred_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T15:04:05",
        "2026-11-20",
        "yesterday",
        1_700_000_000,
        "1700000000",
        "2026-02-30T00:00:00Z",
        "9999-12-31T23:59:59-23:00",
        "0001-01-01T00:00:00+23:00",
        datetime(2026, 11, 20),  # noqa: DTZ001
    ],
)
def test_a_moment_without_zone_or_sense_is_refused(written: object) -> None:
    error = refusal(MINIMAL | {"occurred_at": written})
    assert [problem.path for problem in error.problems] == ["occurred_at"]
    assert "time zone" in str(error)


# I01: what is refused


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"schema": CANARY}, "schema", "expected 'handoff/1'"),
        ({"occured_at": CANARY}, "occured_at", "unknown key; did you mean 'occurred_at'?"),
        ({"sign_in": {"loa": "3"}}, "sign_in.loa", "expected a whole number from 1 to 3"),
        ({"sign_in": {"loa": 3.0}}, "sign_in.loa", "expected a whole number from 1 to 3"),
        ({"sign_in": {"loa": True}}, "sign_in.loa", "expected a whole number from 1 to 3"),
        ({"sign_in": {"loa": 4}}, "sign_in.loa", "expected a whole number from 1 to 3"),
        ({"sign_in": {"loa": 3, "ial": CANARY}}, "sign_in.ial", "expected a whole number from 1 to 3"),
        ({"sign_in": CANARY}, "sign_in", "expected an object"),
        (
            {"veteran": {"frist_name": CANARY}},
            "veteran.frist_name",
            "unknown key; did you mean 'first_name'?",
        ),
        ({"veteran": {"first_name": [CANARY]}}, "veteran.first_name", "expected text"),
        ({"veteran": {"last_name": CANARY * 8}}, "veteran.last_name", "expected at most 80 characters"),
        ({"veteran": {"phone": CANARY * 4}}, "veteran.phone", "expected at most 40 characters"),
        ({"app": {"build": 238}}, "app.build", "expected text"),
        ({"app": {"screen_reader": "yes"}}, "app.screen_reader", "expected true or false"),
        ({"app": {"language": CANARY * 4}}, "app.language", "expected at most 35 characters"),
        ({"tty": 1}, "tty", "expected true or false"),
        ({"screen": f"<{CANARY}>"}, "screen", "expected letters, digits, spaces and _ - . / only"),
        ({"screen": "x" * 81}, "screen", "expected at most 80 characters"),
        ({"dialed": CANARY * 4}, "dialed", "expected at most 40 characters"),
        ({"recent": [{"event": "x" * 81}]}, "recent[0].event", "expected at most 80 characters"),
        ({"recent": [{}] * 51}, "recent", "expected at most 50 entries"),
        ({"recent": {"screen": CANARY}}, "recent", "expected a list"),
        ({"errors": [{}] * 51}, "errors", "expected at most 50 entries"),
        ({"errors": [{}, {}, {}, {"text": "x" * 501}]}, "errors[3].text", "expected at most 500 characters"),
        ({"errors": [{"text": f"{CANARY}\x00"}]}, "errors[0].text", "control characters"),
        ({"consent": {"given": CANARY}}, "consent.given", "expected true or false"),
        ({"consent": {}}, "consent.given", "required"),
        ({"claim": [CANARY]}, "claim", "expected a claim as VA sends it"),
        ({"claim": CANARY}, "claim", "expected a claim as VA sends it"),
        ({"claim": {"name": CANARY}}, "claim", "expected a claim as VA sends it"),
        ({"claim": {"data": {"id": "1", "type": "legacyAppeal"}}}, "claim", "belongs under `appeal`"),
        ({"appeal": {"data": CANARY}}, "appeal", "expected an appeal as Caseflow v2 sends it"),
        ({"appeal": {"id": "1", "type": "claim"}}, "appeal", "belongs under `claim`"),
    ],
)
def test_I01_a_refusal_names_the_path_and_never_the_value(
    changes: dict[str, Any], path: str, words: str
) -> None:
    error = refusal(sample_handoff(at=AT) | changes)
    assert [problem.path for problem in error.problems] == [path]
    assert words in error.problems[0].expected
    assert str(error) == f"{path}: {error.problems[0].expected}"
    assert error.code == "INVALID"
    assert CANARY not in told(error)
    assert error.__cause__ is error.__context__ is None


def test_I01_everything_wrong_is_told_at_once_up_to_a_limit() -> None:
    payload = MINIMAL | {"screen": None, "tty": "no", "claim": 7}
    assert paths(payload) == ["screen", "tty", "claim"]
    error = refusal(MINIMAL | {f"key_{number}": 1 for number in range(200)})
    assert len(error.problems) == 25
    assert str(error).endswith("; and 175 more")


def test_I01_a_key_shows_only_what_a_key_of_ours_could_hold() -> None:
    error = refusal(MINIMAL | {"1234567890V123456": 1, "Jesse Gray\u202e": 1, "k" * 5000: 1})
    assert [problem.path for problem in error.problems] == ["?V?", "Jesse?Gray?", "k" * 60]


def test_errors_survive_pickling() -> None:
    error = refusal(MINIMAL | {"screen": None})
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.code, again.problems) == (str(error), error.code, error.problems)


# I01, I02: what is not JSON


@pytest.mark.parametrize(
    ("payload", "path", "words"),
    [
        (b"", "payload", "expected JSON; it breaks at line 1, column 1"),
        (b'{"CANARY-7f3a": nope}', "payload", "expected JSON; it breaks at line 1, column 17"),
        (b'{"a": "\xff"}', "payload", "expected UTF-8; it breaks at byte 8"),
        ("{}".encode("utf-16"), "payload", "expected UTF-8"),
        (b'{"veteran": {"icn": 1, "icn": "CANARY-7f3a"}}', "veteran.icn", "repeated"),
        (b'{"claim": {"x": [1, {"id": 1, "b": 2, "id": 3}]}}', "claim.x[1].id", "repeated"),
        (b'{"sign_in": {"loa": NaN}}', "sign_in.loa", "expected a number of at most 20 digits"),
        (b'{"claim": {"x": -Infinity}}', "claim.x", "expected a number of at most 20 digits"),
        (b'{"claim": {"x": 1e999}}', "claim.x", "expected a number of at most 20 digits"),
        (b'{"claim": ' + b"9" * 5000 + b"}", "claim", "expected a number of at most 20 digits"),
        ({"claim": 10**5000}, "claim", "expected a number of at most 20 digits"),
        ({"claim": float("nan")}, "claim", "expected a number of at most 20 digits"),
        (b'{"claim":' * 100 + b"1" + b"}" * 100, None, None),
        (b'{"claim":' * 101 + b"1" + b"}" * 101, "claim.", "expected at most 100 levels"),
        (b"[" * 100_000, "payload", "expected at most 100 levels"),
        (b'{"a":' * 50_000, "payload", "expected at most 100 levels"),
        ('{"\ud800": 1}', "payload", "keys are plain text"),
        (b'{"veteran": {"\\u0000": 1}}', "veteran", "keys are plain text"),
        ({"veteran": {7: CANARY}}, "veteran", "keys are plain text"),
        ({"app": {"name": {CANARY}}}, "app.name", "expected JSON"),
    ],
)
def test_I01_what_is_not_json_is_refused(payload: Any, path: str | None, words: str | None) -> None:
    error = refusal(payload)
    assert CANARY not in told(error)
    assert error.__cause__ is error.__context__ is None
    if path is None or words is None:
        assert error.code == "INVALID"
    else:
        assert error.code == "INVALID_JSON"
        assert error.problems[0].path.startswith(path)
        assert words in error.problems[0].expected


@pytest.mark.parametrize("payload", [b"[]", "1", b'"CANARY-7f3a"', "null", None, 7, [CANARY], ("a",)])
def test_I01_the_payload_is_an_object(payload: Any) -> None:
    error = refusal(payload)
    assert error.problems == (Problem("payload", "expected a JSON object"),)
    assert CANARY not in told(error)


class Broken(Mapping[str, Any]):
    """A mapping that fails while it is read, with a value in its message."""

    def __getitem__(self, key: str) -> Any:
        raise OSError(CANARY)

    def __iter__(self) -> Iterator[str]:
        return iter(["schema"])

    def __len__(self) -> int:
        return 1


class Long(list[None]):
    """More entries than a payload has room for, and then a failure that nobody should get to."""

    def __iter__(self) -> Iterator[None]:
        yield from repeat(None, MOST_BYTES + 1)
        raise OSError(CANARY)


def test_I01_a_mapping_that_fails_or_never_ends_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    doubling: list[Any] = [CANARY]
    for _ in range(60):
        doubling = [doubling, doubling]
    assert refusal(Broken()).problems == (Problem("payload", "expected a JSON object"),)
    assert refusal(endless).code == "INVALID_JSON"
    assert refusal({"claim": doubling}).code == refusal({"claim": Long()}).code == "TOO_LARGE"
    assert CANARY not in told(refusal(Broken()))


# I02, I03: characters


@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_I02_a_byte_order_mark_is_passed_over(mark: str) -> None:
    text = mark + json.dumps(MINIMAL)
    assert Handoff.parse(text) == Handoff.parse(text.encode()) == Handoff.parse(MINIMAL)


@pytest.mark.parametrize("odd", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", "\uffff"])
@pytest.mark.parametrize("as_text", [True, False])
def test_I02_controls_and_lone_surrogates_are_refused(odd: str, as_text: bool) -> None:
    payload = MINIMAL | {"veteran": {"first_name": f"{CANARY}{odd}"}}
    error = refusal(json.dumps(payload) if as_text else payload)
    assert [problem.path for problem in error.problems] == ["veteran.first_name"]
    assert "control characters or lone surrogates" in str(error)
    assert CANARY not in told(error)


def test_I02_inside_a_claim_they_are_dropped_because_it_is_not_the_apps_to_mend() -> None:
    attributes = {"displayTitle": "Claim\x00 for\x1b \ud800pension\u202e", "contentions": [{"name": "\x00"}]}
    claim = Handoff.parse(MINIMAL | {"claim": {"id": "1", "attributes": attributes}}).claim
    assert claim is not None
    assert claim.title == "Claim for pension"


@pytest.mark.parametrize(
    "name",
    [
        "👩🏽‍🚒 José",
        "Zoë Ångström",
        "e\u0301\u0327 combining",
        "שָׁלוֹם",
        "محمد\u200f",
        "李小龍",
        'O’Brien \\ "quoted" % _ \' -- /* */',
        "क्ष्म",
        "🏳️‍🌈🇺🇸",
    ],
)
def test_I03_text_of_every_script_is_unchanged(name: str) -> None:
    payload = MINIMAL | {"veteran": {"first_name": name}, "errors": [{"text": name}]}
    for form in (payload, json.dumps(payload), json.dumps(payload, ensure_ascii=False).encode()):
        handoff = Handoff.parse(form)
        kept = Handoff.from_kept(handoff.canonical())
        assert kept.veteran is not None
        assert kept.veteran.first_name == name
        assert kept.errors[0].text == name


def test_I03_direction_overrides_are_dropped() -> None:
    text = "\u202eabc\u202c \u2066def\u2069 g\ufeffhi"
    handoff = Handoff.parse(MINIMAL | {"veteran": {"last_name": text}, "errors": [{"text": text}]})
    assert handoff.veteran is not None
    assert handoff.veteran.last_name == handoff.errors[0].text == "abc def ghi"


def test_lines_stay_in_prose_and_nowhere_else() -> None:
    text = " one\r\ntwo\rthree\tfour "
    handoff = Handoff.parse(MINIMAL | {"app": {"device": text}, "errors": [{"text": text}]})
    assert handoff.app is not None
    assert handoff.app.device == "one two three four"
    assert handoff.errors[0].text == "one\ntwo\nthree\tfour"


# I04: size


@pytest.mark.parametrize("filling", ["x", "é", "\u2028", "👩"])
def test_I04_the_cap_is_counted_in_bytes(filling: str) -> None:
    def of_size(size: int) -> dict[str, Any]:
        payload = MINIMAL | {"claim": {"id": "1", "attributes": {"note": ""}}}
        room = size - len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode())
        wide = len(filling.encode())
        payload["claim"]["attributes"]["note"] = filling * (room // wide) + "x" * (room % wide)
        return payload

    for size, fits in ((MOST_BYTES, True), (MOST_BYTES + 1, False)):
        text = json.dumps(of_size(size), separators=(",", ":"), ensure_ascii=False)
        for form in (of_size(size), text, text.encode()):
            if fits:
                assert Handoff.parse(form).screen == "ClaimStatus"
            else:
                assert (refusal(form).code, paths(form)) == ("TOO_LARGE", ["payload"])
                assert "256 KiB" in expected(form)


# What is kept


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


def test_canonical_bytes_do_not_depend_on_how_the_payload_was_written() -> None:
    payload = sample_handoff(at=AT, handoff_id="6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11")
    forms: list[Any] = [
        payload,
        shuffled(payload),
        json.dumps(payload),
        json.dumps(shuffled(payload), indent=4).encode(),
        payload | {"occurred_at": "2026-11-20T10:04:05-05:00", "handoff_id": payload["handoff_id"].upper()},
        {key: value for key, value in payload.items() if value is not None and key != "tty"},
    ]
    assert len({Handoff.parse(form).canonical() for form in forms}) == 1


def test_canonical_is_compact_sorted_utf8_without_defaults() -> None:
    handoff = Handoff.parse(MINIMAL | {"veteran": {"last_name": "Ångström"}, "tty": False})
    assert (
        handoff.canonical()
        == (
            '{"dialed":"+18008271000","occurred_at":"2026-11-20T15:04:05Z","schema":"handoff/1",'
            '"screen":"ClaimStatus","sign_in":{"loa":3},"veteran":{"last_name":"Ångström"}}'
        ).encode()
    )


def test_canonical_without_id_is_the_same_for_every_id() -> None:
    ids = (None, "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11", "00000000-0000-4000-8000-000000000001")
    handoffs = [Handoff.parse(sample_handoff(at=AT, handoff_id=each)) for each in ids]
    assert len({each.canonical(without_id=True) for each in handoffs}) == 1
    assert len({each.canonical() for each in handoffs}) == 3


def test_another_value_gives_other_canonical_bytes() -> None:
    assert Handoff.parse(sample_handoff(at=AT)).canonical() != (
        Handoff.parse(sample_handoff(at=AT, dialed="+18446982311")).canonical()
    )


def test_kept_bytes_that_were_damaged_are_refused_like_any_others() -> None:
    kept = Handoff.parse(sample_handoff(at=AT)).canonical()
    for damaged in (kept[:-1], kept.replace(b'"title"', b'"tittle"'), b"[]"):
        with pytest.raises(InvalidHandoff):
            Handoff.from_kept(damaged)


@pytest.mark.parametrize(
    ("changes", "consented", "identified"),
    [
        ({"consent": None}, False, True),
        ({"consent": {"given": False}}, False, True),
        ({"sign_in": {"loa": 1}}, True, False),
        ({"sign_in": {"loa": 2, "ial": 2}}, True, False),
    ],
)
def test_consent_and_identity_are_facts_not_policy(
    changes: dict[str, Any], consented: bool, identified: bool
) -> None:
    handoff = Handoff.parse(sample_handoff(at=AT) | changes)
    assert (handoff.consented, handoff.identified) == (consented, identified)
    assert handoff.veteran is not None


# Properties

any_text = st.text(alphabet=st.characters(), max_size=20)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | any_text
    | st.sampled_from([CANARY, "2026-11-20T15:04:05Z", "claim", "\ud800", "3", 10**30]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*MINIMAL, "claim", "data", "attributes", "id", "errors"]) | any_text,
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)
line = any_text.filter(lambda text: text.isprintable() and text.strip() == text)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
levels = st.integers(1, 3)


def parsed_or_refused(payload: Any) -> None:
    error = None
    try:
        handoff = Handoff.parse(payload)
    except InvalidHandoff as caught:
        error = caught
    if error is None:
        assert Handoff.from_kept(handoff.canonical()) == handoff
    else:
        assert error.problems
        assert error.__cause__ is error.__context__ is None


@quick
@given(st.binary(max_size=200) | st.text(max_size=200) | any_json)
def test_I01_nothing_but_InvalidHandoff_escapes(payload: Any) -> None:
    parsed_or_refused(payload)


@quick
@given(any_json)
def test_I01_nor_from_json_text(value: Any) -> None:
    parsed_or_refused(json.dumps(value))


@quick
@given(st.data())
def test_I01_nor_when_one_value_of_a_good_payload_is_anything(data: st.DataObject) -> None:
    payload = json.loads(
        json.dumps(sample_handoff(at=AT, appeal=data.draw(st.sampled_from(caseflow_appeals(AT)))))
    )
    target: Any = payload
    while True:
        key = data.draw(st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target))))
        if not isinstance(target[key], dict | list) or not target[key] or data.draw(st.booleans()):
            break
        target = target[key]
    target[key] = data.draw(any_json)
    parsed_or_refused(payload)


@quick
@given(
    st.fixed_dictionaries(
        {
            "occurred_at": moments,
            "sign_in": st.fixed_dictionaries({"loa": levels, "at": st.none() | moments}),
        },
        optional={
            "veteran": st.fixed_dictionaries(
                {"first_name": line, "phone": line, "user_account_uuid": st.uuids()}
            ),
            "tty": st.booleans(),
            "errors": st.lists(st.fixed_dictionaries({"at": moments, "text": line}), max_size=5),
            "appeal": st.sampled_from(caseflow_appeals(AT)),
            "claim": st.just(sample_handoff(at=AT)["claim"]),
            "consent": st.fixed_dictionaries({"given": st.booleans(), "at": moments}),
        },
    )
)
def test_what_is_kept_is_restored_exactly(changes: dict[str, Any]) -> None:
    handoff = Handoff.parse(MINIMAL | changes)
    assert Handoff.from_kept(handoff.canonical()) == handoff
    assert Handoff.from_kept(handoff.canonical()).canonical() == handoff.canonical()
    assert Handoff.parse(json.dumps(MINIMAL | changes, default=str)).canonical() == handoff.canonical()
