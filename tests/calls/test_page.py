"""The agent's page as it is written: nothing loaded, nothing run, everything escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from sf_handoff.calls.pop import PopCase
from sf_handoff.calls.pop_document import PopCallback
from sf_handoff.calls.shapes.page import page
from tests.calls.pops import HOSTILE, NOW, POPS, pop

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer", "div", "h1", "h2", "p",
    "ul", "li", "dl", "dt", "dd", "strong", "b", "a", "wbr",
}  # fmt: skip


class Read(HTMLParser):
    """What a browser would find: elements with their attributes, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.said.append(data)

    @property
    def words(self) -> str:
        return " ".join(self.said)


@pytest.mark.parametrize("name", POPS)
def test_only_plain_elements_stand_in_it_and_they_nest(name: str) -> None:
    read = Read(page(POPS[name]()))
    assert read.open == []
    assert {tag for tag, _ in read.found} <= ALLOWED
    attributes = {key for _, given in read.found for key in given}
    assert attributes <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "id",
        "class",
        "aria-labelledby",
        "href",
        "rel",
    }


@pytest.mark.parametrize("name", POPS)
def test_nothing_is_loaded_and_nothing_runs(name: str) -> None:
    html = page(POPS[name]())
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(style) == 1
    assert not re.search(r"url\(|@import|expression", style[0])
    links = [given["href"] for tag, given in Read(html).found if tag == "a"]
    assert all(link and link.startswith("https://x.lightning.force.com/") for link in links)


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    html = page(pop())
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = [given["content"] for tag, given in Read(html).found if given.get("http-equiv")]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    assert html.index("Content-Security-Policy") < html.index("<title>")


def test_hostile_values_are_words_like_any_other() -> None:
    read = Read(page(POPS["hostile"]()))
    assert {tag for tag, _ in read.found} & {"script", "img", "i", "big", "call"} == set()
    assert HOSTILE in read.words
    assert "<b>1</b>" in read.words
    assert "<call>" in read.words


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://x.test/", "//x.test", "data:text/html,x", None]
)
def test_only_a_safe_address_is_a_link(url: str | None) -> None:
    read = Read(page(pop(case=PopCase(id="500TEO0000000001AA", number="00001001", url=url))))
    assert [tag for tag, _ in read.found if tag == "a"] == []
    assert "00001001" in read.words


def test_the_first_three_lines_are_who_saw_ask() -> None:
    read = Read(page(pop()))
    main = read.words[read.words.index("WHO") :]
    order = [
        "WHO", "Jesse Gray", "Called with a code from a signed-in app session, from the number on file.",
        "SAW", "Claim status. Claim for disability compensation. Step 3 of 8: Evidence gathering.",
        "The status is from November 8, 2026, seen in the app on November 20, 2026 at 10:03 a.m. ET.",
        "ASK", pop().opening_question, "Be careful",
    ]  # fmt: skip
    places = [main.index(words) for words in order]
    assert places == sorted(places)


def test_the_rest_is_there() -> None:
    words = Read(page(POPS["policy"]())).words
    for said in (
        "What was proved", "a valid code was dialled", "Login.gov", "November 20, 2026 at 9:58 a.m. ET", "IAL 2, AAL 2",
        "Still to verify", "who is calling, by your own protocol", "Never on this page alone", "change of direct deposit",
        "Do not ask again", "date of birth", "Phase code", "EVIDENCE", "In your system", "Open", "600000001",
        "Errors the Veteran saw", "Did not load: appeals.", "“Appeal status is unavailable”, appeals MOBL_502",
        "00001001", "none asked for", "App_Handoff_Claims", "iPhone 14", "This page is not authentication.",
    ):  # fmt: skip
        assert said in words, said


@pytest.mark.parametrize("name", ["by-number", "no-match", "late", "several", "could-not-check"])
def test_a_page_without_a_match_gives_nobody_away(name: str) -> None:
    html = page(POPS[name]())
    assert [said for said in ("Jesse", "Gray", "disability", "600000001", "5550142") if said in html] == []


def test_no_person_stands_in_the_title() -> None:
    assert "<title>Call from the VA mobile app: match level 4 of 5</title>" in page(pop())


def test_many_errors_are_counted() -> None:
    words = Read(page(POPS["many-errors"]())).words
    assert words.count("MOBL_502") == 5
    assert "and 45 more" in words


def test_what_an_old_app_did_not_send_is_called_that() -> None:
    words = Read(page(POPS["old-app"]())).words
    assert words.count("not sent by the app") == 4
    assert "not sent by this version of the app: observed_at, app" in words


def test_a_callback_is_shown_with_its_window() -> None:
    asked = PopCallback(number="+12025550142", not_before=NOW, not_after=NOW.replace(hour=17), attempts=1)
    words = Read(page(pop().model_copy(update={"callback": asked}))).words
    assert (
        "November 20, 2026 at 10:04 a.m. ET to November 20, 2026 at 12:04 p.m. ET, +12025550142, tried 1 times"
        in words
    )
