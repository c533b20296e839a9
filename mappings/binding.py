"""How a call's handoff is looked for: the methods, in the order in which they are tried.

Leave one out, order them otherwise, or add your own: an object with a `name`, `given` and `find`. United
States patents (9,344,892 and 11,659,082) cover forms of dialled codes: a deployment decides.
"""

from __future__ import annotations

from sf_handoff.calls.evidence import Method
from sf_handoff.calls.methods import DialledCode, InAppCall, KnownCaller, PooledNumber

METHODS: tuple[Method, ...] = (InAppCall(), DialledCode(), PooledNumber(), KnownCaller())
