"""Templates filled in. One that is not right, or would say too much, is not rendered at all.

Plain text goes into a sandbox without any globals, and nothing that fills a gap is itself a template.
https://jinja.palletsprojects.com/en/stable/sandbox/
https://jinja.palletsprojects.com/en/stable/api/#the-meta-api
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.redaction import NOBODY, People, Unclean, scrub
from sf_handoff.redaction.scrubbing import LONGEST
from sf_handoff.reports.notices.grade import Reading, reading
from sf_handoff.reports.notices.notice_map import Channel, NoticeMap, Template

if TYPE_CHECKING:
    from jinja2 import Template as Compiled
    from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True)
class Rendered:
    """A text as it would be sent. `digest` is of subject and body, so that it can be told from any other."""

    template: str
    subject: str = field(repr=False)
    body: str = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps([self.subject, self.body]).encode()).hexdigest()

    @property
    def reading(self) -> Reading:
        return reading(self.body)


class Templates:
    """The templates of a map, checked: Misconfigured names all that is wrong with them."""

    def __init__(self, notices: NoticeMap) -> None:
        self.map = notices
        self._environment = _environment()
        self._compiled: dict[str, Compiled] = {}
        wrong = [words for each in notices.templates for words in self._wrong(each)]
        if wrong:
            raise Misconfigured(f"mappings/notices: {'; '.join(wrong)}.", code="TEMPLATE")

    def render(self, template: Template, values: Mapping[str, str], people: People = NOBODY) -> Rendered:
        """The template with these values, of which none may be missing, empty, unknown or too personal.

        Raises Rejected (TEMPLATE, EMPTY, PERSONAL, TOO_LONG), which names the placeholder, never its value.
        """
        given = {name: value.strip() for name, value in values.items()}
        self._refuse(template, given)
        self._look_through(template, given, people)
        subject = self._filled(template.subject, given)
        rendered = Rendered(template.name, " ".join(subject.split()), self._filled(template.body, given))
        if template.channel is Channel.PUBLIC and _personal(f"{rendered.subject}\n{rendered.body}", people):
            raise Rejected(f"{template.name}: personal data in a text for everybody.", code="PERSONAL")
        return rendered

    # Inside

    def _filled(self, text: str, given: Mapping[str, str]) -> str:
        if text not in self._compiled:
            self._compiled[text] = self._environment.from_string(text)
        return self._compiled[text].render(given).strip()

    def _refuse(self, template: Template, given: Mapping[str, str]) -> None:
        strange = sorted(given.keys() - set(template.placeholders))
        if strange:
            words = f"{template.name}: does not take {', '.join(strange)}."
            raise Rejected(words, code="TEMPLATE", fields=tuple(strange))
        empty = tuple(name for name in template.placeholders if not given.get(name))
        if empty:
            words = f"{template.name}: nothing was given for {', '.join(empty)}."
            raise Rejected(words, code="EMPTY", fields=empty)

    def _look_through(self, template: Template, given: Mapping[str, str], people: People) -> None:
        """What somebody wrote goes to many, so it may speak of nobody, whoever reads it."""
        for name in template.placeholders:
            if name in self.map.personal or given[name] in self.map.own_words:
                continue
            if len(given[name]) > LONGEST:
                words = f"{template.name}: {name} is too long; {LONGEST:,} characters are the most."
                raise Rejected(words, code="TOO_LONG", fields=(name,))
            if _personal(given[name], people):
                words = f"{template.name}: personal data in {name}. Take it out of the text there."
                raise Rejected(words, code="PERSONAL", fields=(name,))

    def _wrong(self, template: Template) -> Iterator[str]:
        used = self._used(template)
        if isinstance(used, str):
            yield f"{template.name}: {used}"
            return
        declared = set(template.placeholders)
        public = template.channel is Channel.PUBLIC
        found = {
            "uses without declaring it": used - declared,
            "declares without using it": declared - used,
            "declares a placeholder that is not in the map": declared - self.map.placeholders,
            "would tell everybody of one case": declared & self.map.personal if public else (),
        }
        for what, names in found.items():
            if names:
                yield f"{template.name}: {what}: {', '.join(sorted(names))}"
        if not template.says_fixed and said_of(f"{template.subject}\n{template.body}", self.map.fixed_words):
            yield f"{template.name}: says that the problem is over, without says_fixed"

    def _used(self, template: Template) -> set[str] | str:
        """The names of its gaps, or what keeps it from being filled in at all."""
        from jinja2 import TemplateError, meta

        used: set[str] = set()
        for text in (template.subject, template.body):
            if not text.strip():
                return "has an empty subject or body"
            try:
                parsed = self._environment.parse(text)
                if list(meta.find_referenced_templates(parsed)):
                    return "takes in another template"
                gaps = meta.find_undeclared_variables(parsed)
                if gaps <= set(template.placeholders):
                    self._filled(text, {name: name for name in gaps})
            except (TemplateError, TypeError, ValueError) as error:
                return f"cannot be filled in ({type(error).__name__})"
            used |= gaps
        return used


def check(notices: NoticeMap) -> None:
    """Raises Misconfigured for whatever is wrong with the templates."""
    Templates(notices)


def _environment() -> SandboxedEnvironment:
    try:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment
    except ImportError:
        raise Misconfigured("Notices need Jinja2: install sf-handoff[report].") from None
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    return environment


def said_of(text: str, words: tuple[str, ...]) -> str | None:
    """The first of these words in it."""
    listed = "|".join(re.escape(each) for each in words)
    found = re.search(rf"\b(?:{listed})\b", text, re.IGNORECASE) if words else None
    return found[0] if found else None


def _personal(text: str, people: People) -> bool:
    try:
        return bool(scrub(text, people).taken)
    except Unclean:
        return True
