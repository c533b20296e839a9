"""Names: those of the people in the rows, those that a cue announces, those that lists know, and words that
only a name would be written as.

Marks words first, then what belongs to a marked word: initials, particles, further names, suffixes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sf_handoff.redaction import words
from sf_handoff.redaction.cues import CUES, LAST_FIRST, SIGNED
from sf_handoff.redaction.marks import Find
from sf_handoff.redaction.names_around import OFFICES, Around, acronym, strange, two_letters
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


class _Marked(Around):
    """The words of a text, and which of them are names."""

    def __init__(self, text: str, listed: list[Token]) -> None:
        super().__init__(text, listed)
        self.marks = [False] * len(listed)
        self.starts = {token.start: at for at, token in enumerate(listed)}

    def known(self, known: Known, again: bool) -> None:
        hits = [known.holds(token.plain) for token in self.tokens]
        written = {token.plain for token in self.tokens if token.capital}
        for at, token in enumerate(self.tokens):
            if not hits[at]:
                nearly = known.nearly(token.plain, token.capital and not token.opens)
                self.marks[at] = nearly and (token.capital or len(token.plain) > 3)
            else:
                lower = not token.capital and (again or token.plain in written)
                self.marks[at] = self._meant(at, token, hits, lower)
        self._initials(known)

    def _meant(self, at: int, token: Token, hits: list[bool], lower: bool) -> bool:
        """Whether a part of a known name stands for that person here, and is no word or place."""
        if (words.vocabulary(token.plain) and self.place(at)) or (lower and words.wordlike(token.word)):
            return False
        if not words.hardly(token.word) and (not words.ordinary(token.word) or words.wordlike(token.word)):
            return True
        further = at + 1 < len(hits) and hits[at + 1] and self.tokens[at + 1].follows
        if further or (at and hits[at - 1] and token.follows):
            return True
        telling = self.acts(at) or self.suffixed(at) or not words.hardly(token.word)
        return token.capital and (not token.opens or telling)

    def _initials(self, known: Known) -> None:
        for at, token in enumerate(self.tokens):
            if token.word.isupper() and known.initials(token.plain) and any(self.marks):
                self.marks[at] = True

    def listed(self) -> None:
        for at, token in enumerate(self.tokens):
            self.marks[at] = self.marks[at] or self._alone(at, token)

    def _alone(self, at: int, token: Token) -> bool:
        if words.surely(token.word) or (two_letters(token) and not token.opens):
            return True
        if self.unknown_pair(at) or self.both_ways(at):
            return True
        if self.pair(at, token) or self.with_initial(at, token):
            return True
        if words.wordlike(token.word) and not words.hardly(token.word) and self.before_taken(at):
            return not words.vocabulary(token.plain)
        if token.opens and not token.capital and len(token.plain) > 3 and strange(token):
            return self.acts(at)
        if token.capital and self.before_initial(at) and not words.hardly(token.word):
            return words.given(token.word) or words.maybe(token.word) or two_letters(token)
        if not token.capital or words.vocabulary(token.plain) or words.hardly(token.word):
            return False
        if token.opens:
            return self._opening(at, token)
        if words.wordlike(token.word) or words.wordlike(token.plain.removesuffix("s")):
            return not self.titled(at) and not token.word.isupper() and not self.counted(at)
        if words.nickname(token.word):
            return not self.titled(at) and not token.word.isupper() and not self.counted(at)
        plain = words.ordinary(token.word) or words.joined(token.word)
        return not plain and not token.word.isupper() and len(token.word) > 2

    def _opening(self, at: int, token: Token) -> bool:
        """Where a sentence begins, a capital says little: what follows has to."""
        if strange(token) and not words.wordlike(token.word):
            return not token.word.isupper()
        if words.given(token.word) and self.text[token.end : token.end + 2] == ", " and at == 0:
            return True
        return self.acts(at) and (words.wordlike(token.word) or words.maybe(token.word))

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
        likely = words.wordlike(word) or words.maybe(word) or not words.ordinary(word) or words.given(word)
        return not self.marks[at] and likely

    def _accepts(self, at: int, strength: int, taken: int) -> bool:
        token = self.tokens[at]
        if taken and not token.follows:
            return False
        if words.surely(token.word) or two_letters(token):
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
            return named and (strength > 2 or (token.capital and self.acts(at)))
        if token.capital and not token.word.isupper():
            if strength > 3 and len(token.plain) > 1 and (not taken or words.maybe(token.word)):
                return True
            if words.maybe(token.word) and strength > 1:
                return True
            ordinary = words.ordinary(token.word) and not words.wordlike(token.word)
            return not ordinary and (not words.hardly(token.word) or self._follows_well(at, strength, taken))
        if strength > 3 and not taken and words.maybe(token.word):
            return True
        if words.hardly(token.word):
            return strength > 2 and token.plain not in _BOUND
        if words.wordlike(token.word):
            return strength > 1 or bool(taken) or self.acts(at)
        return strength > 1 and strange(token)

    def _follows_well(self, at: int, strength: int, taken: int) -> bool:
        return bool(strength > 1 or taken or (words.given(self.tokens[at].word) and self.acts(at)))

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
        before = self.tokens[at - 1]
        if token.plain == before.plain and not token.capital:
            return
        joins = (
            (token.plain in words.SUFFIXES and before.plain not in words.SUFFIXES)
            or (words.given(before.word) and before.capital and self._surname(at))
            or (
                token.initial
                and (token.capital or self.text[token.end : token.end + 1] == ".")
                and "." not in token.gap
            )
            or (words.particle(token.plain) and further and (self.marks[at + 1] or self._belongs(at + 1)))
            or (words.particle(token.plain) and before.capital and self._leads_on(at))
            or (words.particle(before.plain) and token.capital and not token.word.isupper())
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

    def _leads_on(self, at: int) -> bool:
        """De los Angeles: particles, and then a capital."""
        while at + 1 < len(self.tokens) and words.particle(self.tokens[at].plain):
            at += 1
            if self.tokens[at].gap != " ":
                return False
        return self.tokens[at].capital

    def _surname(self, at: int) -> bool:
        """A capitalised word right after a capitalised given name."""
        token = self.tokens[at]
        return (
            token.capital
            and token.gap == " "
            and not acronym(token)
            and not words.vocabulary(token.plain)
            and token.plain not in OFFICES
            and not words.hardly(token.word)
        )

    def _written(self, at: int) -> bool:
        """Whether it begins as names do, also where all do; a place would be a name here."""
        return self.tokens[at].word[0].isupper() and len(self.tokens[at].word) > 2

    def _belongs(self, at: int) -> bool:
        token = self.tokens[at]
        if words.surely(token.word):
            return True
        if token.gap == "-" and (words.given(token.word) or words.family(token.word)):
            return True
        if words.vocabulary(token.plain) or ", " in token.gap or "." in token.gap or "\n" in token.gap:
            return False
        if token.gap == "-" and not words.ordinary(token.word):
            return True
        if token.capital:
            if acronym(token) and not self.tokens[at - 1].word.isupper():
                return False
            return words.wordlike(token.word) or not words.ordinary(token.word)
        # Who wrote the one part with a capital would not write the other without, if it were one.
        if words.wordlike(token.word) and not words.hardly(token.word):
            return not self.tokens[at - 1].capital
        return strange(token) and len(token.plain) > 3

    def _leads(self, at: int) -> bool:
        token = self.tokens[at]
        both = token.capital and self.tokens[at + 1].capital and self.tokens[at + 1].gap == " "
        if both and (words.given(token.word) or words.maybe(token.word)) and token.plain not in OFFICES:
            return True
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
        if token.capital and (not token.opens or strange(token)):
            return words.wordlike(token.word) or not words.ordinary(token.word) or token.plain in _BEFORE
        if token.capital and token.plain in _BEFORE:
            return True
        if self.tokens[at + 1].gap == " " and len(token.plain) > 3 and strange(token):
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
