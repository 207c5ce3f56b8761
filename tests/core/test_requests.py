"""One request, one commit; the gate; errors as pages and as problem+json; headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask, render_template
from sqlalchemy import select
from wtforms.validators import Length

from marketplace import create_app
from marketplace.core.access import SYSTEM, access
from marketplace.core.errors import Invalid, NotAllowed, NotFound, Stale
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.permissions import ACTING, PUBLIC, SIGNED_IN
from marketplace.organisations.models import Organisation
from marketplace.web import errors
from marketplace.web.forms import ExchangeForm, LongField
from tests.conftest import make_settings

bp = Blueprint("probe", __name__)
ERRORS = {
    "invalid": Invalid("name", "Please give a reason."),
    "stale": Stale(),
    "forbidden": NotAllowed(),
    "missing": NotFound(),
}


def write_one() -> Organisation:
    org = Organisation(slug="probe", kind="startup", name="Thử")
    db.session.add(org)
    record(org, "organisation.create", SYSTEM)
    return org


@bp.post("/probe/good")
@access(PUBLIC)
def good() -> str:
    write_one()
    return "saved"


@bp.post("/probe/refused")
@access(PUBLIC)
def refused() -> tuple[str, int]:
    write_one()
    return "not valid", 422


@bp.post("/probe/raises/<name>")
@access(PUBLIC)
def raises(name: str) -> str:
    write_one()
    raise ERRORS[name]


@bp.post("/probe/conflict")
@access(PUBLIC)
def conflict() -> str:
    write_one()
    db.session.flush()
    db.session.add(Organisation(slug="probe", kind="startup", name="Trùng"))
    return "the commit decides"


@bp.post("/probe/crash")
@access(PUBLIC)
def crash() -> str:
    write_one()
    raise RuntimeError("boom")


@bp.get("/probe/unmarked")
def unmarked() -> str:
    return "never"


@bp.get("/probe/signed-in")
@access(SIGNED_IN)
def signed_in() -> str:
    return "in"


@bp.get("/probe/acting")
@access(ACTING)
def acting() -> str:
    return "acting"


@pytest.fixture(scope="module")
def probe_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app of its own: routes cannot be added to the shared one."""
    folder = tmp_path_factory.mktemp("probe")
    made = create_app(make_settings(folder, f"sqlite:///{folder / 'probe.sqlite3'}"))
    made.register_blueprint(bp)
    made.register_error_handler(RuntimeError, errors._crash)  # in tests other crashes stay visible
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        db.create_all()
    yield made


def count(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Event)).all())


@pytest.fixture(autouse=True)
def clean(probe_app: Flask) -> Iterator[None]:
    yield
    with probe_app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()


def test_a_successful_request_commits(probe_app: Flask) -> None:
    assert probe_app.test_client().post("/probe/good").status_code == 200
    assert count(probe_app) == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [("refused", 422), ("raises/invalid", 422), ("raises/stale", 409), ("raises/forbidden", 403), ("raises/missing", 404)],
)
def test_a_refused_request_keeps_nothing(probe_app: Flask, path: str, status: int) -> None:
    assert probe_app.test_client().post(f"/probe/{path}").status_code == status
    assert count(probe_app) == 0


def test_a_conflict_at_the_commit_is_a_409_page_and_keeps_nothing(probe_app: Flask) -> None:
    answer = probe_app.test_client().post("/probe/conflict", data={"text": "một đoạn văn dài hơn hai mươi ký tự"})
    assert answer.status_code == 409
    assert "một đoạn văn dài" in answer.get_data(as_text=True)
    assert count(probe_app) == 0


def test_a_crash_is_a_plain_500_without_traceback(probe_app: Flask) -> None:
    answer = probe_app.test_client().post("/probe/crash")
    assert answer.status_code == 500
    assert "boom" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)
    assert count(probe_app) == 0


def test_a_refused_form_gives_its_long_texts_back_but_no_secret(probe_app: Flask) -> None:
    text, secret = "Một đoạn văn dài mà không ai muốn gõ lại", "Mat-khau-rat-dai-khong-lo-2026"
    data = {"summary": text, **dict.fromkeys(("password", "new_password", "new_password_confirm", "csrf_token"), secret)}
    page = probe_app.test_client().post("/probe/raises/stale", data=data).get_data(as_text=True)
    assert text in page
    assert secret not in page


def test_a_program_gets_problem_json(probe_app: Flask) -> None:
    answer = probe_app.test_client().post("/probe/raises/invalid", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert (body["status"], body["field"]) == (422, "name")
    assert body["detail"] == "Vui lòng nêu lý do."


def test_an_unmarked_route_is_refused(probe_app: Flask) -> None:
    assert probe_app.test_client().get("/probe/unmarked").status_code == 403


def test_a_visitor_is_sent_to_sign_in_and_a_program_is_told_401(probe_app: Flask) -> None:
    client = probe_app.test_client()
    assert client.get("/probe/signed-in", headers={"Accept": "application/json"}).status_code == 401
    page = client.get("/probe/signed-in")
    assert page.status_code == 302
    assert "next=" in page.headers["Location"]


def test_unknown_addresses_and_methods_are_pages(probe_app: Flask) -> None:
    client = probe_app.test_client()
    assert client.get("/nothing-here").status_code == 404
    assert client.get("/probe/good").status_code == 405
    assert client.get("/%ff%00").status_code in {400, 404}


def test_a_huge_body_is_refused(probe_app: Flask) -> None:
    answer = probe_app.test_client().post("/probe/good", data={"x": "a" * 3_000_000})
    assert answer.status_code in {200, 413}  # the view does not read the form; nothing breaks


def test_every_page_carries_the_strict_policy(probe_app: Flask) -> None:
    policy = probe_app.test_client().get("/nothing-here").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("name", ["session", "__Host-session"])
def test_no_cache_keeps_what_a_signed_in_reader_sees(
    probe_app: Flask, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(probe_app.config, "SESSION_COOKIE_NAME", name)
    client = probe_app.test_client()
    assert client.get("/nothing-here").headers["Cache-Control"] == "private, no-cache"
    client.set_cookie(name, "x")
    assert client.get("/nothing-here").headers["Cache-Control"] == "private, no-store"
    assert client.get("/healthz").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("target", "where"),
    [("/needs?q=a", "/needs?q=a"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/"), ("", "/")],
)
def test_the_language_switch_keeps_the_page_and_never_leaves_the_site(probe_app: Flask, target: str, where: str) -> None:
    answer = probe_app.test_client().post("/language/en", query_string={"next": target})
    assert answer.headers["Location"] == where




def test_a_form_that_is_too_large_is_not_called_a_file(probe_app: Flask) -> None:
    with probe_app.test_request_context("/anything"):
        page = render_template("errors/413.html", message="", kept=[], back="")
    assert "Nội dung gửi lên quá lớn" in page and "rút ngắn văn bản" in page


def test_every_long_field_stops_in_the_browser_where_it_is_bounded(probe_app: Flask) -> None:
    class Probe(ExchangeForm):
        free = LongField("Tự do")
        short = LongField("Ngắn", [Length(max=2000)])

    with probe_app.test_request_context("/anything"):
        form = Probe()
        assert 'maxlength="20000"' in str(form.free()) and 'maxlength="2000"' in str(form.short())
