"""/.well-known/security.txt: whom to tell of a weakness, only where the operators have said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core.config import SettingsError, load_settings
from marketplace.values import clock


def test_it_names_the_contact_and_a_day_to_come(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(shared_app.extensions["settings"], security_contact="mailto:security@san.example.vn")
    monkeypatch.setitem(shared_app.extensions, "settings", settings)
    answer = shared_app.test_client().get("/.well-known/security.txt")
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == "mailto:security@san.example.vn"
    expires = datetime.fromisoformat(lines["Expires"])
    assert clock.now() + timedelta(days=100) < expires < clock.now() + timedelta(days=365)


def test_without_a_contact_there_is_no_page(shared_app: Flask) -> None:
    assert shared_app.test_client().get("/.well-known/security.txt").status_code == 404


def test_a_contact_is_an_address(tmp_path: Path) -> None:
    for wrong in ("security@san.example.vn", "mailto:a@b.example\nExpires: never"):
        with pytest.raises(SettingsError, match="SECURITY_CONTACT"):
            load_settings({"DATA_DIR": str(tmp_path), "SECURITY_CONTACT": wrong})
