"""Flask-Security speaks Vietnamese here, and its routes are marked and limited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from wtforms import Form

from marketplace import create_app
from marketplace.accounts.forms import FORMS
from marketplace.accounts.messages import MESSAGES
from marketplace.core.access import FOREIGN
from marketplace.core.extensions import limiter
from marketplace.translations.__main__ import translated
from tests.conftest import make_settings

#: Messages of what is switched off: one-time links, SMS, usernames, tokens, change of address.
OFF = (
    "US_", "USERNAME_", "CHANGE_EMAIL_", "OAUTH_", "REFRESH_TOKEN", "PASSWORDLESS_", "LOGIN_",
    "GENERIC_US", "GENERIC_RECOVERY", "INVALID_LOGIN_TOKEN", "PHONE_INVALID", "PASSWORD_BREACHED", "USE_CODE",
    "IDENTITY_", "UNAUTHORIZED", "INVALID_PASSWORD_CODE", "CODE_HAS_BEEN_SENT", "FAILED_TO_SEND_CODE", "INVALID_CODE",
    "INVALID_INPUT", "PASSWORD_TOO_SIMPLE", "PASSWORD_MISMATCH",
)
#: Said only after signing in by mailed links, which is off.
NEVER = {"PASSWORD_RESET"}
#: Labels of fields that no page shows.
UNSEEN = {"Refresh Token", "Phone Number", "Set up using email", "Set up using SMS"}


def test_every_message_that_can_appear_is_ours_and_translated(shared_app: Flask) -> None:
    known = translated()
    keys = {key.removeprefix("SECURITY_MSG_") for key in shared_app.config if key.startswith("SECURITY_MSG_")}
    reachable = {key for key in keys if not key.startswith(OFF) and key not in NEVER}
    assert reachable <= set(MESSAGES), f"write these in our words: {sorted(reachable - set(MESSAGES))}"
    assert {text for text, _kind in MESSAGES.values()} <= set(known)


def test_every_label_of_its_forms_is_translated(shared_app: Flask) -> None:
    shown = {text for texts in translated().values() for text in texts}
    with shared_app.test_request_context("/login"):
        for form_class in FORMS.values():
            for name, field in _unbound(form_class):
                label = str(field.args[0]) if field.args else str(field.kwargs.get("label", ""))
                assert not label or label in shown | UNSEEN, (form_class, name, label)


def _unbound(form_class: type[Form]) -> list[tuple[str, object]]:
    names = (name for name in dir(form_class) if not name.startswith("_"))
    return [(name, field) for name in names if hasattr(field := getattr(form_class, name), "field_class")]


def test_its_routes_are_all_marked_by_us(shared_app: Flask) -> None:
    routes = {rule.endpoint for rule in shared_app.url_map.iter_rules() if rule.endpoint.startswith("security.")}
    assert routes == {endpoint for endpoint in FOREIGN if endpoint.startswith("security.")}


@pytest.fixture
def limited(tmp_path: Path, database_url: str, shared_app: Flask) -> Iterator[Flask]:
    """An installation with limits on; the limiter is one object for all applications of a process."""
    made = create_app(make_settings(tmp_path, database_url, RATE_LIMITS="1"))
    made.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    yield made
    limiter.reset()
    limiter.enabled = False


@pytest.mark.parametrize(
    ("path", "data", "allowed"),
    [
        ("/login", {"email": "a@example.vn", "password": "sai-mat-khau"}, 10),
        ("/reset", {"email": "a@example.vn"}, 3),
        ("/confirm", {"email": "a@example.vn"}, 3),
        ("/register", {"email": "a@example.vn"}, 3),
    ],
)
def test_guessing_is_slowed_down(
    limited: Flask, path: str, data: dict[str, str], allowed: int
) -> None:
    web = limited.test_client()
    answers = [web.post(path, data=data).status_code for _try in range(allowed + 1)]
    assert 429 not in answers[:-1]
    assert answers[-1] == 429
    assert web.get(path).status_code == 200, "reading is not limited that way"
