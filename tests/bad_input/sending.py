"""Sending one form again and again: `Bench` holds its world, opens its page, sends it and judges the answer."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.values.text import nfc
from tests.bad_input.kinds import Kinds
from tests.bad_input.pages import Form, Input, forms_of
from tests.bad_input.routes import Route
from tests.bad_input.values import SCRIPT
from tests.bad_input.world import Workshop
from tests.snapshot import Snapshot

GOOD = {200, 302, 303}
REFUSED = {400, 403, 404, 405, 409, 413, 415, 422}
SAYING = ('role="alert"', 'aria-invalid="true"', 'class="error', 'class="message message-error')
ALWAYS = {"csrf_token", "acting", "lock"}
LONG = "Đoạn văn viết mất cả buổi chiều, không ai muốn gõ lại lần thứ hai."


class Bench:
    """One route in a world of its own, made anew whenever a form was taken that cannot be sent twice."""

    def __init__(self, app: Flask, world: Workshop, snapshot: Snapshot, kinds: Kinds, route: Route) -> None:
        self.app, self.world, self.snapshot, self.kinds, self.route = app, world, snapshot, kinds, route
        self._client: FlaskClient | None = None
        self.page = self.route.page(self.world) if self.route.page else ""
        if self.route.name not in self.snapshot.forms:
            assert self._open(), f"the form of {self.route.name} is not on {self.page}"
            self.snapshot.forms[self.route.name] = self.path, self.form
        self.path, self.form = self.snapshot.forms[self.route.name]

    @property
    def client(self) -> FlaskClient:
        """The person's browser, in the world as it was made: many tests only look at the form and need neither."""
        return self._client or self.begin()

    def begin(self) -> FlaskClient:
        """Begin with the world as it was made, signed in."""
        self.snapshot.restore()
        self._client = self.world.worker(self.app, self.route.who)
        return self._client

    def _open(self) -> bool:
        """Read the form from its page as it is now; False when the page does not show it any more."""
        if not self.route.page:
            assert self.route.path is not None
            self.path, self.form = self.route.path(self.world), Form("", "post")
        else:
            found = self._find()
            if found is None:
                return False
            self.path, self.form = found.action, found
        names = {one.name for one in self.form.inputs}
        more = {name: value for name, value in self.route.fields.items() if name not in names}
        for name, value in more.items():  # codes are chosen, not typed
            self.form.inputs.append(Input(name, "select" if name.endswith("_code") else "text", value))
        for one in self.form.inputs:
            one.value = self.route.fields.get(one.name, one.value)
        return True

    def _find(self) -> Form | None:
        answer = self.client.get(self.page, follow_redirects=True)
        if answer.status_code != 200:
            return None
        for form in forms_of(answer.text, answer.request.path):
            names = {"", *(one.name for one in form.inputs)}
            if form.method == "post" and self.route.holding in names and self._leads_here(form.action):
                return form
        return None

    def _leads_here(self, action: str) -> bool:
        try:
            return bool(self.app.url_map.bind("localhost").match(action, "POST")[0] == self.route.endpoint)
        except HTTPException:
            return False

    def data(self) -> MultiDict[str, str]:
        """What a browser would send unchanged."""
        return MultiDict([(name, value) for name, values in self.form.data().items() for value in values])

    def count(self) -> tuple[int, int]:
        """How much was written down and mailed so far."""
        if self._client is None:
            self.begin()
        db.session.rollback()
        events, mails = (select(func.count()).select_from(table).scalar_subquery() for table in (Event, MailMessage))
        found = db.session.execute(select(events, mails)).one()
        db.session.rollback()
        return found[0], found[1]

    def send(self, data: Any, said: str = "", **options: Any) -> Any:
        """Send the form; what came back is a page without a crash, and a refusal leaves nothing behind."""
        before = self.count()
        self.kinds.begin()
        answer = self.client.post(self.path, data=data, **options)
        where = f"{self.path} with {said}"
        assert answer.status_code in GOOD | REFUSED, f"{where}: {answer.status_code}"
        if answer.mimetype == "text/html":
            assert SCRIPT not in answer.text, f"{where}: typed markup stands on the page as markup"
            assert 'onfocus="alert' not in answer.text, f"{where}: typed text left its attribute"
        if answer.status_code >= 400:
            assert self.count() == before, f"{where}: refused, and something was kept"
            if answer.mimetype == "text/html":
                assert any(sign in answer.text for sign in SAYING), f"{where}: nothing is said"
        return answer

    def settle(self, answer: Any) -> None:
        """After a form was taken: begin again, in the world as it was made."""
        if answer.status_code < 400:
            self._client = None

    def names(self) -> list[str]:
        """The fields that a person fills in."""
        return [name for name in self.form.names() if name not in ALWAYS]

    def texts(self) -> list[Input]:
        """What a person types into, secrets aside."""
        return [one for one in self.form.inputs if one.kind in {"text", "textarea", "email"}]

    def long_names(self) -> list[str]:
        """The fields that take a long text."""
        return [one.name for one in self.texts() if one.kind == "textarea" or not self.route.page]

    def with_long_texts(self) -> MultiDict[str, str]:
        """A form in which somebody has written a good deal."""
        data = self.data()
        for name in self.long_names():
            data[name] = LONG
        return data

    def check_kept(self, answer: Any, names: list[str], value: str, said: str) -> None:
        """A refused form still shows what was typed into `names` (without what is invisible)."""
        self.check_all_kept(answer, dict.fromkeys(names, value), said)

    def check_all_kept(self, answer: Any, values: Mapping[str, str], said: str) -> None:
        """A refused form still shows each of `values` that was typed into its field (without what is invisible)."""
        if not self.route.keeps:
            return
        page = _bare(html.unescape(answer.text))
        typed = [one.name for one in self.texts() if one.name in values and one.name not in self.kinds.untyped]
        lost = [name for name in typed if _bare(values[name]) not in page]
        assert not lost, f"{self.path} with {said}: {lost} lost what was typed"

    def said_at(self, answer: Any, name: str) -> bool:
        """True when the page marks the field as wrong."""
        return any(one.invalid for form in forms_of(answer.text, self.path) for one in form.inputs if one.name == name)


def _bare(text: str) -> str:
    return " ".join(nfc(text).split())
