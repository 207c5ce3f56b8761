"""A new staff role costs two files and a migration: tried on a copy of the program, in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

#: Per file: what stands there, and what stands there with the role.
CHANGES = {
    "marketplace/vocabulary/people.py": (
        '    Term("leadership", ', '    Term("mediator", "Hòa giải viên", "Mediator"),\n    Term("leadership", '),
    "marketplace/core/permissions.py": (
        '"staff",\n                    "deal_officer", "manager")\nREAD',
        '"staff",\n    "deal_officer", "manager", "mediator")\nREAD'),
}

TRIED_THERE = """
import sys
from pathlib import Path

from marketplace import create_app, core
from marketplace.core.access import SYSTEM
from marketplace.accounts.actions import grant_role
from marketplace.core.extensions import db
from tests.conftest import make_settings
from tests.factories import client, user

data = Path(sys.argv[1])
assert Path(core.__file__).is_relative_to(Path.cwd()), core.__file__
app = create_app(make_settings(data, f"sqlite:///{data / 'own.sqlite3'}"))
with app.app_context():
    db.create_all()
    grant_role(user("Hòa Giải", email="mediator@example.vn").email, "mediator", "new", SYSTEM)  # the CHECK knows it
    db.session.commit()
    mediator = user("Hòa Giải Hai", staff=("mediator",))
    admin = user("Quản Trị", staff=("admin",))
    web = client(app, mediator)
    answers = {path: web.get(path).status_code for path in ("/staff/complaints", "/dashboard", "/staff", "/moderation")}
    assert answers == {"/staff/complaints": 200, "/dashboard": 200, "/staff": 403, "/moderation": 403}, answers
    assert "Hòa giải viên" in client(app, admin).get("/staff").text, "the form offers the role by its name"
"""


@pytest.mark.once
@pytest.mark.thorough
def test_a_new_staff_role_costs_two_files_and_a_migration(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "marketplace", copy / "marketplace", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("templates", "static", "migrations", "tests"):
        (copy / folder).symlink_to(ROOT / folder)
    for name, (old, new) in CHANGES.items():
        source = (copy / name).read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{name} has changed; say in this test where a role is added now"
        (copy / name).write_text(source.replace(old, new), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRIED_THERE, str(tmp_path)], cwd=copy, capture_output=True, text=True, timeout=100,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
