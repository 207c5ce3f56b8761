"""Every verb sent by the same person many times in the same moment: it happens once, and whoever is late is told so.

What must be left behind is what one press leaves: rows, events, facts and work for those who are told, table by table.
On PostgreSQL everybody has read what there is before the first one locks or writes (`tests/races/meeting.py`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from marketplace.core.history_check import broken_links
from tests.bad_input.kinds import Kinds
from tests.bad_input.routes import ROUTES
from tests.bad_input.sending import SAYING, Bench
from tests.cases import try_each
from tests.deals.racing import Answer, sending
from tests.races.meeting import crowd, press, same_browser
from tests.races.traces import Trace, differences, trace, world_before
from tests.races.verbs import EACH_TIME, ELSEWHERE, FREE, VERBS, Verb
from tests.races.yard import Yard
from tests.snapshot import Snapshot
from tests.thorough import ALL

FINE = {200, 302, 303}
LATE = {403, 404, 409, 422}
#: Into so many tests the verbs are divided, so that each is short.
PARTS = 12


class Ring:
    """The world, what stands in it, and who presses."""

    def __init__(self, app: Flask, world: Yard, snapshot: Snapshot, kinds: Kinds) -> None:
        self.app, self.world, self.snapshot, self.kinds = app, world, snapshot, kinds
        self.forms: dict[str, dict[Any, Any]] = {}  # who → the forms as their pages show them to this person
        snapshot.restore()
        self.before: dict[str, Counter[tuple[Any, ...]]] = world_before()

    def form(self, verb: Verb) -> tuple[str, MultiDict[str, str]]:
        """Return where the form goes, and what it holds as its page shows it."""
        self.snapshot.forms = self.forms.setdefault(verb.route.who, {})
        bench = Bench(self.app, self.world, self.snapshot, self.kinds, verb.route)
        return bench.path, bench.data()

    def call(self, verb: Verb, client: Any, at: tuple[str, MultiDict[str, str]]) -> Any:
        """Return the call that sends it."""
        return sending(client, at[0], verb.data(self.world, at[1]))

    def alone(self, *verbs: Verb) -> tuple[list[Answer], Trace]:
        """Send the forms one after the other; return the answers and what is left."""
        forms = [self.form(verb) for verb in verbs]
        self.snapshot.restore()
        clients = [self.world.worker(self.app, verb.route.who) for verb in verbs]
        answers = [self.call(*one)() for one in zip(verbs, clients, forms, strict=True)]
        return answers, trace(self.snapshot, self.before)

    def together(self, *verbs: Verb, times: int) -> tuple[list[Answer], Trace]:
        """Send each form so many times in the same moment; return the answers, verb by verb, and what is left."""
        forms = [self.form(verb) for verb in verbs]
        self.snapshot.restore()
        clients = [self.world.worker(self.app, verb.route.who) for verb in verbs]
        calls = [self.call(verb, same_browser(self.app, client), form)
                 for verb, client, form in zip(verbs, clients, forms, strict=True) for _time in range(times)]
        answers = press(calls)
        assert list(broken_links()) == []
        return answers, trace(self.snapshot, self.before)


@pytest.fixture(scope="module")
def ring(shared_app: Flask, made: tuple[Yard, Snapshot], kinds: Kinds) -> Ring:
    return Ring(shared_app, *made, kinds)


def check_answers(answers: list[Answer]) -> None:
    """Nobody meets an error of ours, and who is late is told."""
    for one in answers:
        assert one.status in FINE | LATE, f"somebody is answered {one.status}"
        assert one.status in FINE or any(sign in one.page for sign in SAYING), f"a {one.status} says nothing"


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("part", range(PARTS))
def test_the_same_pressed_many_times_at_once_happens_once(ring: Ring, part: int) -> None:
    tried = [verb for verb in VERBS.values() if ALL or verb.name not in FREE][part::PARTS]
    try_each(tried, lambda verb: happens_once(ring, verb), name=lambda verb: verb.name)


def happens_once(ring: Ring, verb: Verb) -> None:
    (alone,), should = ring.alone(verb)
    assert alone.status in FINE, f"pressed once it is answered {alone.status}"
    answers, left = ring.together(verb, times=crowd())
    check_answers(answers)
    assert any(one.status in FINE for one in answers)
    if verb.name not in EACH_TIME:
        assert not (found := differences(left, should)), found


def test_every_form_is_tried_or_has_a_reason() -> None:
    assert not set(ELSEWHERE) - {route.name for route in ROUTES}
