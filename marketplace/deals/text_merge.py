"""Two people who wrote the contract at once: which text is whose, told from what each form was opened on.

A form carries a short mark of every text it showed, so that what its writer did not touch is known from what they did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.values.text import nfc

_LENGTH = 12  # characters of a mark


@dataclass(frozen=True)
class Merged:
    """Of the fields that differ from what is saved: those to take over, and those that both wrote."""

    taken: frozenset[str]  # somebody else wrote it, this form did not touch it: what is saved stands
    contested: frozenset[str]  # both wrote it, differently: who sees both decides


def marks(texts: Mapping[str, str]) -> str:
    """Return the marks of what a form shows, in the order of its fields' names."""
    return ".".join(_mark(texts[name]) for name in sorted(texts))


def merge(opened: str, typed: Mapping[str, str], saved: Mapping[str, str]) -> Merged:
    """Compare what was typed with what is saved now, by the marks of what the form was opened on.

    Without marks that fit, every text counts as written by both. A field that was not sent is not touched.
    """
    parts = opened.split(".")
    known = dict(zip(sorted(saved), parts, strict=True)) if len(parts) == len(saved) else {}
    taken, contested = set[str](), set[str]()
    for name, theirs in saved.items():
        mine = typed.get(name)
        if mine is None or (_mark(mine) == known.get(name) != _mark(theirs)):
            taken.add(name)
        elif _mark(mine) != _mark(theirs) != known.get(name):
            contested.add(name)
    return Merged(frozenset(taken), frozenset(contested))


def _mark(text: str) -> str:
    return hashlib.sha256(nfc(text).strip().encode()).hexdigest()[:_LENGTH]
