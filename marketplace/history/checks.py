"""Verify chains and seals against each other: what was rewritten, cut off or put in after it had been sealed."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.history_check import Broken, broken_links
from marketplace.core.long_work import begin_snapshot
from marketplace.history import merkle
from marketplace.history.keys import SealKeyError, known_keys, verified
from marketplace.history.models import Seal, digest, message
from marketplace.history.queries import ends_before, leaves_of, rewritten
from marketplace.history.seal_file import NAME, held, path_of, seal_in, texts
from marketplace.values import clock

#: A seal is put into the file right after it is in the database: seconds after which it is looked for again.
PAUSES = (0.1, 0.4, 1.5)


@dataclass(frozen=True)
class BrokenSeal:
    """A seal with which something is wrong, and what."""

    number: int
    why: str

    @property
    def place(self) -> str:
        """Which one it is, in words."""
        return f"seal {self.number}"


def broken_history(settings: Settings) -> Iterator[Broken | BrokenSeal]:
    """Verify every chain, every seal, and both against each other; yield the first break of each that is broken.

    A chain with several breaks is told once: links are verified first, then what was sealed of them. The present
    transaction ends. Everything is read as of one moment, the file before it: what the file holds by then is in the
    database.
    """
    copies = texts(path_of(settings))
    begin_snapshot()
    told: set[tuple[str, int]] = set()
    for link in broken_links():
        told.add((link.kind, link.subject_id))
        yield link
    seals = db.session.scalars(select(Seal).order_by(Seal.number)).all()
    yield from broken_seals(seals, settings)
    yield from broken_file(seals, copies, settings)
    for found in _against_seals(seals):
        if isinstance(found, BrokenSeal):
            yield found
        elif (found.kind, found.subject_id) not in told:
            told.add((found.kind, found.subject_id))
            yield found


def broken_seals(seals: Sequence[Seal], settings: Settings) -> Iterator[BrokenSeal]:
    """Verify seals among themselves: numbers, the digest of the one before, signatures, ends kept with them."""
    keys: Collection[str] = ()
    if seals:
        try:
            keys = known_keys(settings)
        except SealKeyError as error:
            yield BrokenSeal(seals[-1].number, f"its signature cannot be verified: {error}")
    previous: Seal | None = None
    for seal in seals:
        why = _why_broken(seal, previous, keys)
        if why:
            yield BrokenSeal(seal.number, why)
        previous = seal


def broken_file(seals: Sequence[Seal], copies: Iterable[str], settings: Settings) -> Iterator[BrokenSeal]:
    """Compare the lines of the file with the seals: the first that the database lacks, and the first that the file lacks.

    A line that a process has not written to its end is a torn copy of a seal, and no break.
    """
    known = {digest(seal.public()): seal for seal in seals}
    publics = [seal.public() for seal in seals]
    there, foreign = held(copies, publics)
    if foreign:
        number = seal_in(foreign[0]).get("number")
        why = "it stands in the file and not in the database" if seal_in(foreign[0]) else \
            f"a line of {NAME} is no seal, and no part of one"
        yield BrokenSeal(number if isinstance(number, int) else 0, why)
    for pause in PAUSES:
        if known.keys() <= there:
            return
        time.sleep(pause)
        there |= held(texts(path_of(settings)), publics)[0]
    lacking = [seal.number for one, seal in known.items() if one not in there]
    if lacking:
        more = f", nor are {len(lacking) - 1} others" if len(lacking) > 1 else ""
        yield BrokenSeal(lacking[0], f"it is in the database and not in {NAME}{more}")


def _why_broken(seal: Seal, previous: Seal | None, keys: Collection[str]) -> str:
    if seal.number != (previous.number + 1 if previous else 1):
        return f"seal {previous.number + 1 if previous else 1} is missing"
    if seal.previous != (digest(previous.public()) if previous else ""):
        return "it does not hold the digest of the seal before it"
    if keys and seal.key not in keys:
        return "it was signed with a key that is not in SEAL_KEY_FILE"
    if not verified(seal.key, seal.signature, message(seal.signed())):
        return "it is not what was signed"
    if merkle.digest(leaves_of(seal.number)) != seal.changed:
        return "the ends of chains kept with it were changed"
    return ""


def _against_seals(seals: Sequence[Seal]) -> Iterator[Broken | BrokenSeal]:
    """Compare events as they are with what was sealed of them."""
    if not seals:
        return
    found = False
    for kind, subject_id, seq, number, gone in rewritten():
        found = True
        why = "is gone" if gone else "or one before it was rewritten"
        yield Broken(kind, subject_id, seq, f"this event {why} since seal {_named(seals, number)}")
    last = seals[-1]
    ends = ends_before(last.before)
    for kind, subject_id, seq, _hash in ends.unsealed:
        found = True
        why = f"it is dated before seal {_named(seals, last.number)} and was not there when that was taken"
        yield Broken(kind, subject_id, seq, why)
    if not found and (merkle.root(ends.leaves), ends.events) != (last.root, last.events):
        yield BrokenSeal(last.number, "the events before it do not give what it says")


def _named(seals: Sequence[Seal], number: int) -> str:
    before = next(seal.before for seal in seals if seal.number == number)
    return f"{number}, over events before {clock.format_datetime(before)}"
