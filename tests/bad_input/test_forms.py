"""Bad input: whatever is sent to any form, a page says what is wrong, keeps what was typed and stores nothing odd.

A route that takes POST and stands in no table of `tests/bad_input/routes.py` fails the last test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from marketplace.core.extensions import db
from tests.bad_input.routes import ROUTES
from tests.bad_input.sending import ALWAYS, LONG, Bench
from tests.bad_input.values import EVERYWHERE, FEW, OF_DATABASES, WILD, texts_in, unclean
from tests.bad_input.world import Workshop
from tests.conftest import BACKEND
from tests.snapshot import Snapshot

URLENCODED = "application/x-www-form-urlencoded"
HALF = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nhalf'
TEN_MEGABYTES = b"text=" + b"x" * 10_000_000
#: All of them with SQLite; with PostgreSQL those that reach the database.
VALUES = tuple(EVERYWHERE) if BACKEND == "sqlite" else OF_DATABASES


@pytest.fixture(params=ROUTES, ids=lambda route: route.name)
def bench(request: pytest.FixtureRequest, shared_app: Flask, made: tuple[Workshop, Snapshot]) -> Iterator[Bench]:
    """The form of one route in that world; nothing odd may be written while a test sends it."""
    found: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            found.extend(f"{statement[:60]}: {text[:80]!r}" for text in texts_in(parameters) if unclean(text))

    bench = Bench(shared_app, *made, request.param)
    event.listen(db.engine, "before_cursor_execute", listen)
    yield bench
    event.remove(db.engine, "before_cursor_execute", listen)
    assert not found, "invisible characters or letters that are not NFC were stored"


def test_any_value_in_every_field(bench: Bench) -> None:
    names = [name for name in bench.form.names() if name not in ALWAYS]
    for said in (FEW if bench.route.few else VALUES) if names else ():
        value = EVERYWHERE[said]
        data = bench.data()
        for name in names:
            data[name] = value
        answer = bench.send(data, said)
        if answer.status_code == 422:
            bench.check_kept(answer, names, value, said)
        bench.settle(answer)


def test_one_field_wrong_and_all_others_right(bench: Bench) -> None:
    for one in bench.texts():
        data = bench.data()
        data[one.name] = WILD
        bench.settle(bench.send(data, f"wild text in {one.name}"))
        if one.maxlength:
            data = bench.data()
            data[one.name] = value = "ă" * (one.maxlength + 1)
            answer = bench.send(data, f"one character too many in {one.name}")
            assert answer.status_code == 422, f"{bench.path}: {one.name} took more than its {one.maxlength} characters"
            bench.check_kept(answer, [one.name], value, "one character too many")
            assert bench.said_at(answer, one.name), f"{bench.path}: nothing is said at {one.name}"


@pytest.mark.once
def test_rows_without_end_and_names_out_of_order(bench: Bench) -> None:
    rows = {name.split("-")[0] for name in bench.form.names() if "-0-" in name}
    if not rows:
        return
    data = bench.data()
    for name in rows:
        for place in ("9999", "-1", "99999999999999999999", "x", "", "0-0-0", "٣"):
            data.add(f"{name}-{place}-name", WILD)
    bench.settle(bench.send(data, "odd rows"))
    data = bench.data()
    for name in rows:
        for place in range(400):
            data.add(f"{name}-{place}-name", f"{place}")
    answer = bench.send(data, "400 rows")
    bench.settle(answer)
    data = bench.data()
    for name in rows:
        data.add(f"remove-{name}-99999", "1")
        data.add(f"add-{name}", "1")
    bench.settle(bench.send(data, "odd buttons"))


@pytest.mark.once
def test_repeated_fields_arrays_and_strange_names(bench: Bench) -> None:
    data = bench.data()
    for name in list(data):
        data.add(name, "x")
        data.add(f"{name}[]", "x")
        data.add(f"{name}[a][b]", "x")
    data.add("\x00", "x")
    data.add("", "x")
    data.add("__class__", "x")
    data.add("validate", "x")
    bench.settle(bench.send(data, "repeated fields"))


@pytest.mark.once
def test_opened_for_another_organisation(bench: Bench) -> None:
    if not bench.route.acts:
        return
    data = bench.with_long_texts()
    data["acting"] = "999999"
    answer = bench.send(data, "another organisation")
    assert answer.status_code == 409, f"{bench.path} ignores the organisation its page was opened for"
    bench.check_kept(answer, bench.long_names(), LONG, "another organisation")


def test_opened_on_an_older_version(bench: Bench) -> None:
    if not any(one.name == "lock" and one.value for one in bench.form.inputs):
        return
    data = bench.with_long_texts()
    data["lock"] = "777"
    before = bench.count()
    answer = bench.send(data, "an older version")
    if answer.status_code < 400 and bench.count() == before:
        return  # nothing differed, so nothing was overwritten
    assert answer.status_code == 409, f"{bench.path} ignores that its page is old"
    bench.check_kept(answer, bench.long_names(), LONG, "an older version")
    for odd in ("-1", "x", "9" * 30, "\x00", "1.5"):
        data["lock"] = odd
        bench.settle(bench.send(data, f"lock {odd!r}"))


@pytest.mark.once
def test_without_the_token_of_its_page(bench: Bench) -> None:
    bench.app.config["WTF_CSRF_ENABLED"] = True
    data = bench.with_long_texts()
    data.poplist("csrf_token")
    try:
        answer = bench.send(data, "no token")
    finally:
        bench.app.config["WTF_CSRF_ENABLED"] = False
    if not bench.route.token:  # its signed address is the permission; a mail program presses it (RFC 8058)
        assert answer.status_code < 400, f"{bench.path} asks for more than its address"
        return
    assert answer.status_code == 400, f"{bench.path} takes a form without its token"
    if not bench.route.endpoint.startswith("security."):
        bench.check_kept(answer, bench.long_names(), LONG, "no token")


@pytest.mark.once
def test_bodies_that_are_no_form(bench: Bench) -> None:
    for said, body, kind in (
        ("JSON", b'{"title": [1]}', "application/json"),
        ("XML", b"<x/>", "text/xml"),
        ("no type", b"\xff\xfe\x00", ""),
        ("cut multipart", HALF, "multipart/form-data; boundary=x"),
        ("multipart without boundary", b"--x", "multipart/form-data"),
        ("quoted bytes that are no text", b"title=%ff%fe&name=%ed%a0%80&reason=%c0%80", URLENCODED),
        ("bytes that are no text", b"title=\xff\xfe&name=\x00", URLENCODED),
    ):
        bench.settle(bench.send(body, said, content_type=kind))
    bench.app.config["WTF_CSRF_ENABLED"] = True  # as in production, where every form is read for its token
    answer = bench.send(TEN_MEGABYTES, "10 MB", content_type=URLENCODED)
    bench.app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 413, f"{bench.path} reads 10 MB"


@pytest.mark.once
def test_wrong_methods(bench: Bench) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert bench.client.open(bench.path, method=method).status_code == 405
    assert bench.client.get(bench.path).status_code < 500


def test_sent_twice(bench: Bench) -> None:
    data = bench.data()
    first = bench.send(data, "good values")
    after = bench.count()
    second = bench.send(data, "the same again")
    if first.status_code < 400 and bench.route.once:
        assert bench.count() == after, f"{bench.path}: the second click was recorded too ({second.status_code})"


@pytest.mark.once
def test_programs_get_problem_documents(bench: Bench) -> None:
    data = bench.data()
    for one in bench.texts():
        data[one.name] = "x" * 200_001
    answer = bench.send(data, "far too long, as a program", headers={"Accept": "application/json"})
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == answer.status_code
        assert answer.json["detail"], f"{bench.path} does not say what is wrong"
        if answer.status_code == 422 and bench.texts() and bench.route.keeps:
            assert answer.json["field"] or answer.json["errors"], f"{bench.path} does not say where"
    bench.settle(answer)


def test_every_form_is_in_the_table(shared_app: Flask) -> None:
    takes = {rule.endpoint for rule in shared_app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert len({route.name for route in ROUTES}) == len(ROUTES), "two rows have one name: say what their form is `holding`"
    missing = sorted(takes - {route.endpoint for route in ROUTES})
    assert not missing, f"say in tests/bad_input/routes.py where the form stands of: {missing}"
    gone = sorted({route.endpoint for route in ROUTES} - takes)
    assert not gone, f"these take no POST any more: {gone}"
