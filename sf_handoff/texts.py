"""Text as Salesforce counts it."""

from __future__ import annotations


def utf16_units(text: str) -> int:
    """The length as Salesforce counts it: in UTF-16 units, so an emoji is two or more."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, length: int, mark: str = "…") -> str:
    """`text` in at most `length` UTF-16 units, ending in `mark`, never inside what people see as one."""
    import regex

    kept, room = "", length - utf16_units(mark)
    for cluster in regex.findall(r"\X", text):
        room -= utf16_units(cluster)
        if room < 0:
            break
        kept += cluster
    return kept.rstrip() + mark
