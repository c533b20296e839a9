"""What stands round a word: whether it reads as somebody's name there, or as something else.

For the marking of names; nothing here depends on what was marked already.
"""

from __future__ import annotations

from sf_handoff.redaction import words
from sf_handoff.redaction.cues import CALLED
from sf_handoff.redaction.marks import TAKEN_MARK
from sf_handoff.redaction.tokens import Token

# Family names of two letters, which are names where only their first is a capital.
_TWO = frozenset("fu gu ho hu ko ku le li lu ly ma mu ng ou su tu vu wu xu ye yi yu".split())
# Capitalised words after a place or a given name that make no name of it.
OFFICES = frozenset(
    "area bay beach branch building campus center centre city claim claims clinic county department district "
    "east facility form garden hall help high home hospital house island letter library line lab "
    "north office "
    "page park pass plan pool portal region road room school screen site south state station store team "
    "time tool town unit university valley view village west zone".split()
)


def strange(token: Token) -> bool:
    """A word that is none: no ordinary one, no shorthand, no slip of the keys."""
    word = token.word
    return len(token.plain) > 2 and not (
        words.ordinary(word) or words.joined(word) or words.misspelt(token.plain)
    )


def acronym(token: Token) -> bool:
    """VLJ, HCC: capitals where the rest is not written in capitals."""
    return token.capital and token.word.isupper() and 1 < len(token.word) < 6


def two_letters(token: Token) -> bool:
    return token.plain in _TWO and token.word[0].isupper() and token.word[1:].islower()


class Around:
    """The words of a text, and questions about what stands round each."""

    def __init__(self, text: str, listed: list[Token]) -> None:
        self.text, self.tokens = text, listed

    def place(self, at: int) -> bool:
        """In Austin: where somebody is rather than who."""
        before = self.tokens[at - 1].plain if at else ""
        return before in ("in", "near", "at", "outside") and not (
            at + 1 < len(self.tokens) and self.tokens[at + 1].capital and self.tokens[at + 1].follows
        )

    def suffixed(self, at: int) -> bool:
        return at + 1 < len(self.tokens) and self.tokens[at + 1].plain in words.SUFFIXES

    def before_initial(self, at: int) -> bool:
        """Hunter S."""
        further = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return (
            further is not None
            and further.initial
            and further.word.isupper()
            and further.gap == " "
            and self.text[further.end : further.end + 1] == "."
        )

    def counted(self, at: int) -> bool:
        """Ward 3: a number comes next."""
        end = self.tokens[at].end
        return self.text[end : end + 1] == " " and self.text[end + 1 : end + 2].isdigit()

    def both_ways(self, at: int) -> bool:
        """Frank, to be frank: with a capital a name, further on without one a word."""
        token = self.tokens[at]
        return (
            token.capital
            and (words.given(token.word) or words.family(token.word))
            and not words.hardly(token.word)
            and any(each.plain == token.plain and each.word.islower() for each in self.tokens[at + 2 :])
        )

    def unknown_pair(self, at: int) -> bool:
        """Two words beside each other that are none: hardly anything else than somebody's name."""
        for first, second in ((at, at + 1), (at - 1, at)):
            if first >= 0 and second < len(self.tokens) and self.tokens[second].gap == " ":
                one, two = self.tokens[first], self.tokens[second]
                long = min(len(one.plain), len(two.plain)) > 3 and one.plain != two.plain
                if long and strange(one) and strange(two):
                    return True
        return False

    def acts(self, at: int) -> bool:
        """Whether somebody's doing follows, as it does after a name."""
        return bool(CALLED.match(self.text, self.tokens[at].end))

    def before_taken(self, at: int) -> bool:
        """Whether a number or an address of somebody's comes next."""
        end = self.tokens[at].end
        return self.text[end : end + 3].lstrip(" ,:(")[:1] == TAKEN_MARK

    def titled(self, at: int) -> bool:
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

    def pair(self, at: int, token: Token) -> bool:
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
            if one.capital and words.given(one.word) and self.acting(second):
                return True
            if not (
                words.given(one.word)
                and (words.family(two.word) or (two.capital and strange(two) and not acronym(two)))
            ):
                continue
            if one.capital and two.capital and (not words.vocabulary(two.plain) or self.acts(second)):
                return True
            if self.before_taken(second):
                return True
            if (
                not words.hardly(one.word)
                and not words.hardly(two.word)
                and not words.vocabulary(one.plain)
                and not words.vocabulary(two.plain)
            ):
                return True
        return False

    def acting(self, at: int) -> bool:
        """A capitalised word that does something, and is no office: Dean Street lives there."""
        token = self.tokens[at]
        return (
            token.capital
            and not token.word.isupper()
            and token.plain not in OFFICES
            and (words.maybe(token.word) or words.family(token.word) or not words.ordinary(token.word))
            and self.acts(at)
        )

    def with_initial(self, at: int, token: Token) -> bool:
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
