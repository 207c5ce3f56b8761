"""A person with a browser but no eyes: opens pages, fills in the forms that stand on them, tokens and locks included."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.organisations.models import Organisation
from tests import factories

Values = dict[str, Any]


class Form:
    """A form of a page: where it goes and what a browser would send if nobody touched it."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.values: MultiDict[str, Any] = MultiDict()

    def filled(self, changes: Values) -> MultiDict[str, Any]:
        """Return the values with changes; a list sets several values of one name."""
        made = self.values.copy()
        for name, value in changes.items():
            made.setlist(name, value if isinstance(value, list) else [value])
        return made


class FormParser(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif self.forms and tag == "input":
            self._input(given)
        elif self.forms and tag == "textarea":
            self._area = given.get("name", "")
            self.forms[-1].values.add(self._area, "")
        elif tag == "select":
            self._select = given.get("name", "")
        elif self.forms and tag == "option" and "selected" in given:
            self.forms[-1].values.add(self._select, given.get("value", ""))

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name")
        if name and kind not in {"submit", "button", "file"} and (kind not in {"checkbox", "radio"} or "checked" in given):
            self.forms[-1].values.add(name, given.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            values = self.forms[-1].values
            values[self._area] = values[self._area] + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


class Walker:
    """One person's browser. `page` is the text of the page last opened, `path` its address."""

    def __init__(self, app: Flask, person: User | None = None, org: Organisation | None = None, locale: str = "vi") -> None:
        self.app = app
        self.web: FlaskClient = factories.client(app, person, org, locale)
        app.config["WTF_CSRF_ENABLED"] = True  # a browser sends its tokens
        self.path, self.page = "", ""

    def _came_to(self, answer: TestResponse) -> TestResponse:
        self.path, self.page = answer.request.path, answer.get_data(as_text=True)
        return answer

    def open(self, path: str, status: int = 200) -> str:
        """Open a page, asserting its status; return its text."""
        answer = self._came_to(self.web.get(path, follow_redirects=True))
        assert answer.status_code == status, f"{path}: {answer.status_code} {self.page[:300]}"
        return self.page

    def forms(self) -> list[Form]:
        """Return every form of this page."""
        return FormParser(self.page).forms

    def form(self, action: str) -> Form:
        """Return the form of this page that goes to `action` (its end is enough; "" is the page itself)."""
        for form in FormParser(self.page).forms:
            where = form.action.split("#")[0]
            path = where.split("?")[0]
            if path.endswith(action) if action else path in {"", self.path}:
                form.action = where or self.path
                return form
        raise AssertionError(f"{self.path} has no form to {action or 'itself'}")

    def send(self, to: str = "", /, *, status: int = 200, **changes: Any) -> str:
        """Fill in the form of this page that goes to `to`, send it, follow where it leads; return the page there."""
        answer = self.post(self.form(to), changes)
        assert answer.status_code == status, f"{answer.request.path}: {answer.status_code} {self.page[:600]}"
        return self.page

    def post(self, form: Form, changes: Values) -> TestResponse:
        """Send a form as it was opened, whatever happened since."""
        data = {name: list(values) for name, values in form.filled(changes).lists()}
        return self._came_to(self.web.post(form.action, data=data, follow_redirects=True))


def last_mail(app: Flask, recipient: str) -> str:
    """Return the text of the newest mail to somebody."""
    with app.app_context():
        rows = select(MailMessage.body).where(MailMessage.recipient == recipient).order_by(MailMessage.id.desc())
        body = db.session.scalars(rows.limit(1)).first()
        assert body is not None, f"no mail to {recipient}"
        return body
