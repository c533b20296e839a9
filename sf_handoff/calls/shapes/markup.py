"""A little HTML writer: text is escaped unless it is Markup made here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Markup(str):
    """HTML that may stand in a page as it is."""

    __slots__ = ()


def text(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


def tag(name: str, *inside: object, **attributes: str) -> Markup:
    """An element. `class_` is `class`; `aria_label` is `aria-label`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{said}>{''.join(map(text, inside))}</{name}>")


def breakable(code: str) -> Markup:
    """A code that a narrow column may break after its underscores."""
    return Markup(text(code).replace("_", "_<wbr>"))


def items(values: Iterable[object], **attributes: str) -> Markup:
    return tag("ul", *(tag("li", value) for value in values), **attributes)


def pairs(rows: Iterable[tuple[str, object]]) -> Markup:
    """Names and values; a row without a value is left out."""
    said = ((name, value) for name, value in rows if value not in (None, "", ()))
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in said))
