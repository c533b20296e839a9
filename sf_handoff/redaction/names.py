"""Names: those of the people in the rows, those that a cue announces, those that lists know, and words that
only a name would be written as.

Marks words first, then what belongs to a marked word: initials, particles, further names, suffixes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sf_handoff.redaction import words
from sf_handoff.redaction.cues import CALLED, CUES, LAST_FIRST, SIGNED
from sf_handoff.redaction.marks import TAKEN_MARK, Find
from sf_handoff.redaction.people import Known
from sf_handoff.redaction.tokens import Token, tokens

_BEFORE = frozenset("big little old ol wm chas geo jas thos robt".split())
_BOUND = frozenset("will may can no so do an in on at by to my me her won an any".split())


def names(text: str, known: Known, *, again: bool = False) -> Iterator[Find]:
    listed = tokens(text)
    marked = _Marked(text, listed)
    marked.known(known, again)
    marked.listed()
    marked.cued()
    marked.swapped()
    marked.extend()
    yield from marked.finds()
    yield from known.strings(text)
    yield from (Find("name", *found.span(1)) for found in SIGNED.finditer(text) if _signature(found[1]))


def _signature(word: str) -> bool:
    return not words.ordinary(word) and not words.misspelt(word)


def _strange(token: Token) -> bool:
    """A word that is none: no ordinary one, no shorthand, no slip of the keys."""
    return len(token.plain) > 2 and not words.ordinary(token.word) and not words.misspelt(token.plain)


class _Marked:
    """The words of a text, and which of them are names."""

    def __init__(self, text: str, listed: list[Token]) -> None:
        self.text, self.tokens = text, listed
        self.marks = [False] * len(listed)
        self.starts = {token.start: at for at, token in enumerate(listed)}

    def known(self, known: Known, again: bool) -> None:
        hits = [known.holds(token.plain) for token in self.tokens]
        written = {token.plain for token in self.tokens if token.capital}
        for at, token in enumerate(self.tokens):
            if not hits[at]:
                self.marks[at] = known.nearly(token.plain, token.capital and not token.opens) and (
                    token.capital or len(token.plain) > 4
                )
            elif not token.capital and (again or token.plain in written) and words.wordlike(token.word):
                continue
            elif words.hardly(token.word) or (words.ordinary(token.word) and not words.wordlike(token.word)):
                beside = (at and hits[at - 1] and token.follows) or (
                    at + 1 < len(hits) and hits[at + 1] and self.tokens[at + 1].follows
                )
                self.marks[at] = bool(beside) or (
                    token.capital and (not token.opens or self._acts(at) or self._suffixed(at))
                )
            else:
                self.marks[at] = True
        self._initials(known)

    def _suffixed(self, at: int) -> bool:
        return at + 1 < len(self.tokens) and self.tokens[at + 1].plain in words.SUFFIXES

    def _initials(self, known: Known) -> None:
        for at, token in enumerate(self.tokens):
            if token.word.isupper() and known.initials(token.plain) and any(self.marks):
                self.marks[at] = True

    def listed(self) -> None:
        for at, token in enumerate(self.tokens):
            self.marks[at] = self.marks[at] or self._alone(at, token)

    def _alone(self, at: int, token: Token) -> bool:
        if words.surely(token.word):
            return True
        if self._pair(at, token) or self._with_initial(at, token):
            return True
        if words.wordlike(token.word) and not words.hardly(token.word) and self._before_taken(at):
            return not words.vocabulary(token.plain)
        if not token.capital or words.vocabulary(token.plain) or words.hardly(token.word):
            return False
        if token.opens:
            return self._acts(at) and (words.wordlike(token.word) or _strange(token))
        if words.wordlike(token.word) or words.wordlike(token.plain.removesuffix("s")):
            return not self._titled(at) and not token.word.isupper()
        return not token.word.isupper() and len(token.word) > 2 and not words.ordinary(token.word)

    def _acts(self, at: int) -> bool:
        """Whether somebody's doing follows, as it does after a name."""
        return bool(CALLED.match(self.text, self.tokens[at].end))

    def _before_taken(self, at: int) -> bool:
        """Whether a number or an address of somebody's comes next."""
        end = self.tokens[at].end
        return self.text[end : end + 3].lstrip(" ,:(")[:1] == TAKEN_MARK

    def _titled(self, at: int) -> bool:
        """Whether it stands in a heading or a product: beside another capitalised ordinary word."""
        beside = [each for each in (at - 1, at + 1) if 0 <= each < len(self.tokens)]
        return any(
            self.tokens[each].capital
            and not self.tokens[each].opens
            and self.tokens[max(each, at)].follows
            and words.ordinary(self.tokens[each].word)
            and not words.wordlike(self.tokens[each].word)
            and not words.given(self.tokens[each].word)
            for each in beside
        )

    def _pair(self, at: int, token: Token) -> bool:
        """A given and a family name that are words both: Grace Young, Mark Stone."""
        for first, second in ((at, at + 1), (at - 1, at)):
            if (
                first < 0
                or second >= len(self.tokens)
                or not self.tokens[second].follows
                or "." in self.tokens[second].gap
            ):
                continue
            one, two = self.tokens[first], self.tokens[second]
            if not (words.given(one.word) and (words.family(two.word) or (two.capital and _strange(two)))):
                continue
            if one.capital and two.capital and (not words.vocabulary(two.plain) or self._acts(second)):
                return True
            if self._before_taken(second):
                return True
            if (
                not words.hardly(one.word)
                and not words.hardly(two.word)
                and not words.vocabulary(one.plain)
                and not words.vocabulary(two.plain)
            ):
                return True
        return False

    def _with_initial(self, at: int, token: Token) -> bool:
        """J. Gray, or J Gray."""
        before = self.tokens[at - 1] if at else None
        if before is None or not before.initial or not token.follows or token.initial:
            return False
        dotted = token.gap.startswith(".")
        if not (before.word.isupper() or dotted) or (before.word in "AIai" and not dotted):
            return False
        place = words.vocabulary(token.plain) and not token.word.isupper() and dotted
        named = (
            words.family(token.word)
            or words.given(token.word)
            or (token.capital and (place or not words.ordinary(token.word)))
        )
        return named and (
            token.capital or (dotted and not words.hardly(token.word) and not words.vocabulary(token.plain))
        )

    def cued(self) -> None:
        if not any(self._may(at) for at in range(len(self.tokens))):
            return
        for strength, pattern in CUES:
            for found in pattern.finditer(self.text):
                at = self.starts.get(found.end())
                taken = 0
                while (
                    at is not None
                    and at < len(self.tokens)
                    and taken < 4
                    and self._accepts(at, strength, taken)
                ):
                    self.marks[at] = True
                    at, taken = at + 1, taken + 1

    def _may(self, at: int) -> bool:
        """Whether a cue could make a name of it at all."""
        word = self.tokens[at].word
        return not self.marks[at] and (words.wordlike(word) or not words.ordinary(word) or words.given(word))

    def _accepts(self, at: int, strength: int, taken: int) -> bool:
        token = self.tokens[at]
        if taken and not token.follows:
            return False
        if words.surely(token.word):
            return True
        short = len(token.plain) == 2 and not words.ordinary(token.word)
        if token.initial or words.particle(token.plain) or (short and not token.capital):
            more = at + 1 < len(self.tokens) and self.tokens[at + 1].follows
            return (
                (token.capital or short or words.particle(token.plain))
                and more
                and self._accepts(at + 1, strength, 1)
            )
        if words.vocabulary(token.plain):
            named = words.given(token.word) or words.family(token.word)
            return named and (strength > 2 or (token.capital and self._acts(at)))
        if token.capital and not token.word.isupper():
            ordinary = words.ordinary(token.word) and not words.wordlike(token.word)
            return not ordinary and (not words.hardly(token.word) or self._follows_well(at, strength, taken))
        if words.hardly(token.word):
            return strength > 2 and token.plain not in _BOUND
        if words.wordlike(token.word):
            return strength > 1 or bool(taken) or self._acts(at)
        return strength > 1 and _strange(token)

    def _follows_well(self, at: int, strength: int, taken: int) -> bool:
        return bool(strength > 1 or taken or (words.given(self.tokens[at].word) and self._acts(at)))

    def swapped(self) -> None:
        """GRAY, JESSE."""
        for found in LAST_FIRST.finditer(self.text):
            first, second = self.starts.get(found.start(1)), self.starts.get(found.start(2))
            if first is None or second is None:
                continue
            one, two = self.tokens[first], self.tokens[second]
            if any(words.vocabulary(each.plain) for each in (one, two)):
                continue
            family = words.family(one.word) or not words.ordinary(one.word)
            given = words.given(two.word) or not words.ordinary(two.word)
            if family and given and (words.given(two.word) or words.family(one.word)):
                self.marks[first] = self.marks[second] = True

    def extend(self) -> None:
        for at in range(len(self.tokens)):
            if self.marks[at] and at + 1 < len(self.tokens) and not self.marks[at + 1]:
                self._rightwards(at + 1)
        for at in range(len(self.tokens) - 1, 0, -1):
            if self.marks[at] and not self.marks[at - 1] and self.tokens[at].follows and self._leads(at - 1):
                self.marks[at - 1] = True

    def _rightwards(self, at: int) -> None:
        token = self.tokens[at]
        if not token.follows and token.gap != ", ":
            return
        further = at + 1 < len(self.tokens) and self.tokens[at + 1].follows
        joins = (
            (token.plain in words.SUFFIXES)
            or (
                token.initial
                and (token.capital or self.text[token.end : token.end + 1] == ".")
                and "." not in token.gap
            )
            or (words.particle(token.plain) and further and (self.marks[at + 1] or self._belongs(at + 1)))
            or self._belongs(at)
            or (
                words.given(self.tokens[at - 1].word)
                and words.family(token.word)
                and token.gap == " "
                and self._written(at)
            )
            or (words.given(token.word) and token.gap == ", " and not words.ordinary(token.word))
        )
        self.marks[at] = bool(joins)

    def _written(self, at: int) -> bool:
        """Whether it begins as names do, also where all do; a place would be a name here."""
        return self.tokens[at].word[0].isupper() and len(self.tokens[at].word) > 2

    def _belongs(self, at: int) -> bool:
        token = self.tokens[at]
        if words.surely(token.word):
            return True
        if words.vocabulary(token.plain) or ", " in token.gap or "." in token.gap or "\n" in token.gap:
            return False
        if token.gap == "-" and not words.ordinary(token.word):
            return True
        if token.capital:
            return words.wordlike(token.word) or not words.ordinary(token.word)
        return (words.wordlike(token.word) and not words.hardly(token.word)) or (
            _strange(token) and len(token.plain) > 3
        )

    def _leads(self, at: int) -> bool:
        token = self.tokens[at]
        if (
            words.vocabulary(token.plain)
            or "\n" in self.tokens[at + 1].gap
            or ", " in self.tokens[at + 1].gap
        ):
            return False
        if token.initial:
            return token.capital and (token.word not in "AI" or "." in self.tokens[at + 1].gap)
        if words.particle(token.plain):
            return not words.hardly(token.word) or token.capital
        if "." in self.tokens[at + 1].gap:
            return False
        if token.capital and (not token.opens or _strange(token)):
            return words.wordlike(token.word) or not words.ordinary(token.word) or token.plain in _BEFORE
        if token.capital and token.plain in _BEFORE:
            return True
        return (
            words.given(token.word)
            and words.wordlike(token.word)
            and (token.capital or token.plain not in _BOUND)
        )

    def finds(self) -> Iterator[Find]:
        for at, token in enumerate(self.tokens):
            if self.marks[at]:
                possessive = token.word.lower().endswith("'s") and len(token.word) > 3
                yield Find("name", token.start, token.end - 2 * possessive)
