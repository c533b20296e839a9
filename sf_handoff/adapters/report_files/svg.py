"""Makes matplotlib's SVG fit to stand in a page: no style attribute (the page's policy would stop it), no id
that another chart has too, colours that follow the page, and words for who cannot see it.

https://www.w3.org/TR/SVG2/styling.html#PresentationAttributes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from sf_handoff.adapters.report_files.cells import printable
from sf_handoff.calls.shapes.markup import Markup

_FONT = re.compile(r"(?:(?P<weight>\d{3}|bold) )?(?P<size>[\d.]+)px")
_REFERENCE = re.compile(r"#([\w-]+)")
_LEFT_OUT = {"metadata", "style"}


def inlined(svg: str, key: str, title: str, says: str, colours: Mapping[str, str]) -> Markup:
    """`svg` as an element of a page. `colours` are the page's, by the drawing's own."""
    root = ET.fromstring(svg)  # noqa: S314 (our own drawing)
    _plain_names(root)
    used = _ids(root) & {
        name for each in root.iter() for value in each.attrib.values() for name in _REFERENCE.findall(value)
    }
    for each in root.iter():
        _restyle(each, key, used, colours)
    _described(root, key, title, says)
    return Markup(ET.tostring(root, encoding="unicode"))


def _plain_names(root: ET.Element) -> None:
    """HTML knows SVG without its namespaces; what only editors read goes."""
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
        each.attrib = {name.rpartition("}")[2]: value for name, value in each.attrib.items()}
        each.tail = None
        for child in [*each]:
            if child.tag.rpartition("}")[2] in _LEFT_OUT:
                each.remove(child)


def _ids(root: ET.Element) -> set[str]:
    return {each.attrib["id"] for each in root.iter() if "id" in each.attrib}


def _restyle(element: ET.Element, key: str, used: set[str], colours: Mapping[str, str]) -> None:
    own = element.attrib
    for name, value in _declared(own.pop("style", "")):
        own[name] = value
    if own.get("id") not in used:
        own.pop("id", None)
    for name, value in own.items():
        if name == "id":
            own[name] = f"{key}-{value}"
        elif value.startswith(("#", "url(#")) and _REFERENCE.findall(value)[0] in used:
            own[name] = value.replace("#", f"#{key}-")
        else:
            own[name] = colours.get(value, value)


def _declared(style: str) -> list[tuple[str, str]]:
    """The declarations of a style attribute as presentation attributes; of a font, size and weight."""
    found = [
        (name.strip(), value.strip()) for name, _, value in (each.partition(":") for each in style.split(";"))
    ]
    plain = [(name, value) for name, value in found if name not in ("", "font", "font-family")]
    for font in (_FONT.search(value) for name, value in found if name == "font"):
        if font:
            plain.append(("font-size", font["size"]))
            plain += [("font-weight", font["weight"])] if font["weight"] else []
    return plain


def _described(root: ET.Element, key: str, title: str, says: str) -> None:
    box = root.attrib["viewBox"]
    root.attrib = {
        "viewBox": box, "role": "img", "aria-labelledby": f"{key}-title {key}-says",
        "stroke-linejoin": "round", "stroke-linecap": "butt",
    }  # fmt: skip
    for at, (name, words) in enumerate((("title", title), ("desc", says))):
        told = ET.Element(name, {"id": f"{key}-{'says' if at else 'title'}"})
        told.text = printable(words)
        root.insert(at, told)
