"""What becomes of a request to a tracker when the wire, or what is at the other end of it, misbehaves."""

from __future__ import annotations

import http.client
import logging
import pickle
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from sf_handoff.adapters import web
from sf_handoff.adapters.github import GitHubTracker
from sf_handoff.adapters.remembered import Remembered
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.redaction import scrub
from sf_handoff.reports.tickets import Moved, TrackedIssue
from sf_handoff.retry import RetryPolicy
from tests.adapters.tracking import (
    GITHUB_TOKEN,
    HERE,
    REPOSITORY,
    comment,
    created,
    github_on,
    issue,
    naps,
)
from tests.scripted import HOST, How, Reply, Time, ca_file, html, scripted

TITLE, BODY = scrub("Sign-in fails"), scrub("It says that it cannot sign in.")
FOUND = Reply(200, issue())
Action = Callable[[GitHubTracker], Any]


def create(github: GitHubTracker) -> Any:
    return github.create(TITLE, BODY, ["bug"])


def comment_on(github: GitHubTracker) -> Any:
    return github.comment(7, BODY)


def look(github: GitHubTracker) -> Any:
    return github.issue(7)


def failure(github: GitHubTracker, action: Action) -> HandoffError:
    with pytest.raises(HandoffError) as caught:
        action(github)
    assert_nothing_private(caught.value)
    return caught.value


def assert_nothing_private(raised: BaseException) -> None:
    """No canary in the error's text, arguments, attributes, chain or traceback; and it can be pickled."""
    assert raised.__cause__ is None
    assert raised.__context__ is None
    copy = pickle.loads(pickle.dumps(raised))
    shown = [str(raised), repr(raised), repr(raised.args), repr(vars(raised))]
    shown += traceback.format_exception(raised)
    assert [line for line in shown if "canary" in line or HOST in line] == []
    assert (type(copy), copy.args, vars(copy)) == (type(raised), raised.args, vars(raised))


def tell(status: int, **more: Any) -> Reply:
    return Reply(status, {"message": "canary", **more})


# In doubt

LOST = [
    pytest.param(Reply(how=How.CLOSE), "BROKEN_OFF", id="closed"),
    pytest.param(Reply(how=How.RESET), "BROKEN_OFF", id="reset"),
    pytest.param(Reply(201, issue(), how=How.CUT), "BROKEN_OFF", id="cut body"),
    pytest.param(Reply(201, issue(), how=How.CUT_CHUNKS), "BROKEN_OFF", id="cut chunks"),
    pytest.param(Reply(201, b'{"number": 7, "canary'), "BAD_ANSWER", id="truncated JSON"),
    pytest.param(Reply(201, b""), "BAD_ANSWER", id="empty"),
    pytest.param(Reply(202, issue()), "BAD_ANSWER", id="another status"),
    pytest.param(Reply(304, b""), "BAD_ANSWER", id="nothing new of nothing"),
    pytest.param(html(), "NOT_JSON", id="page"),
    pytest.param(html(201), "NOT_JSON", id="page, 201"),
    pytest.param(tell(500), "HTTP_500", id="500"),
    pytest.param(html(502), "HTTP_502", id="502"),
    pytest.param(tell(503), "HTTP_503", id="503"),
    pytest.param(html(504), "HTTP_504", id="504"),
]


@pytest.mark.parametrize("action", [create, comment_on])
@pytest.mark.parametrize(("reply", "code"), LOST)
def test_z01_what_was_made_perhaps_is_not_made_again(
    reply: Reply, code: str, action: Action, tmp_path: Path
) -> None:
    with scripted(reply, created()) as server, github_on(server, tmp_path, Time()) as github:
        raised = failure(github, action)
    assert (type(raised), raised.code) == (Uncertain, code)
    assert len(server.seen) == 1


@pytest.mark.parametrize(("reply", "code"), LOST)
def test_what_may_be_done_twice_is_tried_again(reply: Reply, code: str, tmp_path: Path) -> None:
    good = [Reply(200, comment()), reply, Reply(200, [{"name": "bug"}]), reply, FOUND, reply, FOUND]
    with scripted(reply, *good) as server, github_on(server, tmp_path, Time(), github_pace=0.0) as github:
        github.change_comment(9, BODY)
        github.add_labels(7, ["bug"])
        github.reopen(7)
        assert isinstance(github.issue(7), TrackedIssue)
    assert [each.method for each in server.seen] == ["PATCH"] * 2 + ["POST"] * 2 + ["PATCH"] * 2 + ["GET"] * 2
    assert server.seen[0] == server.seen[1]


@pytest.mark.parametrize(("reply", "code"), LOST)
def test_only_changes_leave_a_doubt(reply: Reply, code: str, tmp_path: Path) -> None:
    script = [reply] * 2 * web.POLICY.attempts
    with scripted(*script) as server, github_on(server, tmp_path, Time()) as github:
        read, changed = failure(github, look), failure(github, lambda github: github.reopen(7))
    assert (type(read), read.code) == (Unavailable, code)
    assert (type(changed), changed.code) == (Uncertain, code)
    assert len(server.seen) == 2 * web.POLICY.attempts


def test_an_answer_that_does_not_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty = RetryPolicy(0.5, 2, connect=0.4, read=0.2, first_wait=0.01, longest_wait=0.01, refusals=True)
    monkeypatch.setattr(web, "POLICY", hasty)
    with scripted(Reply(how=How.HANG), created()) as server, github_on(server, tmp_path, Time()) as github:
        raised = failure(github, create)
    assert (type(raised), raised.code, len(server.seen)) == (Uncertain, "TIMEOUT", 1)


def test_what_never_left_is_tried_again_and_is_no_doubt(tmp_path: Path) -> None:
    """A port that refuses: bound, and nobody listens."""
    time = Time()
    with scripted() as server, socket.socket() as bound:
        bound.bind((HOST, 0))
        nowhere = f"https://{HOST}:{bound.getsockname()[1]}/api/v3"
        with github_on(server, tmp_path, time, github_url=nowhere, github_pace=0.0) as github:
            raised = failure(github, create)
    assert (raised.code, isinstance(raised, Unavailable)) == ("UNREACHABLE", True)
    assert not isinstance(raised, Uncertain)
    assert [0 <= wait <= most for wait, most in zip(time.naps, (1, 2, 4), strict=True)] == [True] * 3


def test_a_server_that_is_busy_is_left_alone_as_long_as_it_asks(tmp_path: Path) -> None:
    time = Time()
    busy = Reply(503, {"message": "canary"}, {"Retry-After": "90"})
    with scripted(busy, FOUND) as server, github_on(server, tmp_path, time) as github:
        look(github)
    assert sum(naps(time)) == pytest.approx(90.0)
    assert len(server.seen) == 2


def test_an_answer_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MOST", 10_000)
    endless = Reply(201, issue(body="canary" * 2_000))
    with scripted(endless) as server, github_on(server, tmp_path, Time()) as github:
        raised = failure(github, create)
    assert (type(raised), raised.code) == (Uncertain, "BAD_ANSWER")


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {**issue(), "number": "7"},
        issue(number=True),
        issue(number=0),
        issue(state="canary"),
        issue(created_at="canary"),
        issue(created_at="2026-11-20T15:04:30"),
        issue(labels=[7]),
        issue(user=["canary"]),
        issue(repository_url=None),
        issue(repository_url="https://github.example.com/api/v3/repos/others/hotline-issues"),
    ],
)
def test_a_document_that_is_not_an_issue_of_ours(document: Any, tmp_path: Path) -> None:
    with (
        scripted(Reply(201, document)) as server,
        github_on(server, tmp_path, Time()) as github,
        pytest.raises(Uncertain) as caught,
    ):
        create(github)
    assert caught.value.code == "BAD_ANSWER"
    assert "canary" not in f"{caught.value!r} {vars(caught.value)}"


# Refused


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (tell(400), Rejected, "HTTP_400"),
        (tell(401), Misconfigured, "AUTH"),
        (html(401), Misconfigured, "AUTH"),
        (tell(403), Misconfigured, "PERMISSION"),
        (Reply(403, {"message": "Unable to create comment because issue is locked."}), Rejected, "LOCKED"),
        (tell(409), Rejected, "HTTP_409"),
        (tell(422), Rejected, "INVALID"),
    ],
)
def test_what_is_refused_is_not_tried_again(
    reply: Reply, kind: type[HandoffError], code: str, tmp_path: Path
) -> None:
    with scripted(reply) as server, github_on(server, tmp_path, Time()) as github:
        raised = failure(github, create)
    assert (type(raised), raised.code) == (kind, code)
    assert len(server.seen) == 1


def test_a_refusal_names_the_fields_and_nothing_else(tmp_path: Path) -> None:
    errors = [
        {"resource": "Issue", "field": "title", "code": "custom", "message": "canary is too long"},
        {"resource": "Issue", "field": "canary: a value", "code": "invalid"},
        {"resource": "Issue", "field": "body", "code": "invalid"},
        "canary",
    ]
    with scripted(tell(422, errors=errors)) as server, github_on(server, tmp_path, Time()) as github:
        raised = failure(github, create)
    assert isinstance(raised, Rejected)
    assert raised.fields == ("title", "body")
    assert "(field title, body)" in raised.message


def test_a_certificate_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = ca_file(tmp_path / "other", trustme.CA())
    with scripted(created()) as server, github_on(server, tmp_path, Time(), ca_file=other) as github:
        raised = failure(github, create)
    assert (type(raised), raised.code) == (Misconfigured, "TLS")
    assert "GITHUB_URL and CA_FILE" in raised.message
    assert server.seen == []


# The token


def test_the_token_does_not_follow_a_redirect(tmp_path: Path) -> None:
    with scripted(FOUND) as other:
        there = f"{other.url}{HERE}/issues/9"
        away = Reply(301, {"message": "Moved Permanently", "url": there}, {"Location": there})
        with scripted(away, Reply(200, REPOSITORY)) as server, github_on(server, tmp_path, Time()) as github:
            assert github.issue(7) == Moved(there)
        for redirect in (302, 307, 308):
            elsewhere = Reply(redirect, b"", {"Location": there})
            with (
                scripted(elsewhere, Reply(200, REPOSITORY)) as server,
                github_on(server, tmp_path, Time()) as github,
            ):
                raised = failure(github, create)
            assert (type(raised), raised.code) == (Rejected, "MOVED")
            assert [each.method for each in server.seen] == ["POST", "GET"]
    assert other.seen == []


def test_the_token_does_not_follow_to_the_next_page(tmp_path: Path) -> None:
    with scripted(Reply(200, [])) as other:
        follow = {"Link": f'<{other.url}/api/v3/page2>; rel="next"'}
        with (
            scripted(Reply(200, [issue()], follow)) as server,
            github_on(server, tmp_path, Time()) as github,
        ):
            raised = failure(github, lambda github: github.labelled("bug"))
    assert (type(raised), raised.code) == (Misconfigured, "ADDRESS")
    assert other.seen == []


def test_the_token_goes_with_every_request_and_nowhere_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    http.client.HTTPConnection.debuglevel = 1
    try:
        with scripted(created(), FOUND) as server, github_on(server, tmp_path, Time()) as github:
            create(github)
            look(github)
            told = f"{github!r} {vars(github)!r} {vars(github._web)!r}"
    finally:
        http.client.HTTPConnection.debuglevel = 0
    assert [each.headers["authorization"] for each in server.seen] == [f"Bearer {GITHUB_TOKEN}"] * 2
    assert server.seen[0].headers["x-github-api-version"] == "2022-11-28"
    assert server.seen[0].headers["user-agent"] == "sf-handoff"
    printed = capsys.readouterr()
    assert GITHUB_TOKEN not in f"{caplog.text} {told} {printed.out} {printed.err}"


def test_a_password_file_does_not_take_the_tokens_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login canary password canary")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with scripted(FOUND) as server, github_on(server, tmp_path, Time()) as github:
        look(github)
    assert server.seen[0].headers["authorization"] == f"Bearer {GITHUB_TOKEN}"


@pytest.mark.parametrize("token", ["canary\r\nX-Canary: 1", "canary canary", "canäry", " \n"])
def test_what_is_no_token_is_not_sent(token: str, tmp_path: Path) -> None:
    with (
        scripted(FOUND) as server,
        pytest.raises(HandoffError) as caught,
        github_on(server, tmp_path, Time(), github_token=token),
    ):
        raise AssertionError
    assert isinstance(caught.value, Misconfigured)
    assert (
        caught.value.message.startswith("GITHUB_TOKEN: ") or "GITHUB_TOKEN: not set" in caught.value.message
    )
    assert "canary" not in str(caught.value)


def test_a_token_is_never_sent_in_the_clear() -> None:
    from sf_handoff.adapters.github_answers import GITHUB
    from sf_handoff.adapters.pace import Pace

    for base in ("http://127.0.0.1:1", "http://127.0.0.1:1/https://"):
        made = web.Web(GITHUB, base, GITHUB_TOKEN, Pace())
        with pytest.raises(Misconfigured) as caught:
            made.send("GET", "/user")
        assert caught.value.code == "ADDRESS"


# What is asked again


def test_what_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    tagged = Reply(200, issue(), {"ETag": 'W/"1"'})
    edited = Reply(200, issue(title="Edited"), {"ETag": 'W/"2"'})
    same = Reply(304, b"", {"ETag": 'W/"1"'})
    with scripted(tagged, same, edited, same) as server, github_on(server, tmp_path, Time()) as github:
        titles = [found.title for found in map(github.issue, [7] * 4) if isinstance(found, TrackedIssue)]
    assert titles == ["A title", "A title", "Edited", "Edited"]
    assert [each.headers.get("if-none-match") for each in server.seen] == [None, 'W/"1"', 'W/"1"', 'W/"2"']


def test_a_page_that_has_not_changed_still_leads_to_the_next(tmp_path: Path) -> None:
    def script(url: str) -> list[Reply]:
        follow = {"ETag": 'W/"1"', "Link": f'<{url}{HERE}/issues?page=2>; rel="next"'}
        return [Reply(200, [issue(1)], follow), Reply(200, [issue(2)], {"ETag": 'W/"2"'})]

    with scripted() as server, github_on(server, tmp_path, Time()) as github:
        server._script += [*script(server.url), Reply(304, b""), Reply(304, b"")]
        first, second = github.labelled("bug"), github.labelled("bug")
    assert [each.number for each in first] == [1, 2]
    assert first == second


def test_only_so_much_is_remembered() -> None:
    import requests

    remembered = Remembered(most=100)

    def keep(url: str, size: int, tag: str = "1") -> None:
        made = requests.Response()
        made._content = b"x" * size
        made.headers["ETag"] = tag
        remembered.keep(url, made)

    keep("a", 40)
    keep("b", 40)
    remembered.again("a")
    keep("c", 40)
    assert [bool(remembered.tag(url)) for url in "abc"] == [True, False, True]
    keep("a", 20, "2")
    assert remembered.tag("a") == {"If-None-Match": "2"}
    keep("b", 40)
    assert [bool(remembered.tag(url)) for url in "abc"] == [True, True, True]
    keep("d", 500)
    assert not any(remembered.tag(url) for url in "abcd")
