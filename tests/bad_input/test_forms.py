"""Bad input: whatever is sent to any form, a page says what is wrong, keeps what was typed and stores nothing odd.

A route that takes POST and stands in no table of `tests/bad_input/routes.py` fails the last test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import event

from marketplace.core.extensions import csrf, db
from tests.bad_input.kinds import FREE_TEXT, Kinds
from tests.bad_input.routes import ROUTES, Route
from tests.bad_input.sending import LONG, Bench
from tests.bad_input.values import EVERYWHERE, FEW, OF_DATABASES, WILD, texts_in, unclean
from tests.bad_input.world import Workshop
from tests.conftest import BACKEND
from tests.snapshot import Snapshot
from tests.thorough import ALL, sqlite_first

URLENCODED = "application/x-www-form-urlencoded"
HALF = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nhalf'
TEN_MEGABYTES = b"text=" + b"x" * 10_000_000
#: All of them with SQLite; with PostgreSQL those that reach the database.
VALUES = tuple(EVERYWHERE) if BACKEND == "sqlite" else OF_DATABASES
NO_FIELDS = (
    ("JSON", b'{"title": [1]}', "application/json"),
    ("XML", b"<x/>", "text/xml"),
    ("no type", b"\xff\xfe\x00", ""),
    ("cut multipart", HALF, "multipart/form-data; boundary=x"),
    ("multipart without boundary", b"--x", "multipart/form-data"),
)
NO_TEXT = (
    ("quoted bytes that are no text", b"title=%ff%fe&name=%ed%a0%80&reason=%c0%80", URLENCODED),
    ("bytes that are no text", b"title=\xff\xfe&name=\x00", URLENCODED),
)
OLD_LOCKS = ("-1", "x", "9" * 30, "\x00", "1.5")
#: The place of each row in the table; of values that go round, a form takes the one of its turn.
TURN = {route.name: turn for turn, route in enumerate(ROUTES)}
#: The first form of each part of the exchange: tries what is the same for all of its part.
FIRST = {route.endpoint.split(".")[0]: route.name for route in reversed(ROUTES)}.values()
T = TypeVar("T")


@pytest.fixture(params=ROUTES, ids=lambda route: route.name)
def bench(
    request: pytest.FixtureRequest, shared_app: Flask, made: tuple[Workshop, Snapshot], kinds: Kinds
) -> Iterator[Bench]:
    """The form of one route in that world; nothing odd may be written while a test sends it."""
    found: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            found.extend(f"{statement[:60]}: {text[:80]!r}" for text in texts_in(parameters) if unclean(text))

    bench = Bench(shared_app, *made, kinds, request.param)
    event.listen(db.engine, "before_cursor_execute", listen)
    yield bench
    event.remove(db.engine, "before_cursor_execute", listen)
    assert not found, "invisible characters or letters that are not NFC were stored"


def of(choose: Callable[[Route], bool]) -> pytest.MarkDecorator:
    """Only the forms that are chosen: a form that a test has nothing to try with costs a line of the report too."""
    return pytest.mark.parametrize("bench", list(filter(choose, ROUTES)), indirect=True, ids=lambda route: route.name)


def tries_all(route: Route) -> bool:
    """True for forms that also try what is the same for all forms of their part."""
    return ALL or route.name in FIRST


def is_first(bench: Bench) -> bool:
    """True for a form that tries what is the same for all of its part."""
    return tries_all(bench.route)


def turn_of(bench: Bench, choice: Sequence[T]) -> Sequence[T]:
    """The one that is the form's turn; all of them for the first form of its part."""
    return choice if is_first(bench) else [choice[TURN[bench.route.name] % len(choice)]]


@of(lambda route: BACKEND == "sqlite" or tries_all(route))  # elsewhere the next test stores wild text in all of them
def test_any_value_in_every_kind_of_field(bench: Bench) -> None:
    """Wild text in every field; then a different value in each, until each value has met each kind of field somewhere."""
    names, values = bench.names(), FEW if bench.route.few else VALUES
    if not names:
        return
    kinds = {name: bench.kinds.kind(name) for name in names}
    if BACKEND != "sqlite" and not FREE_TEXT & set(kinds.values()) and not ALL:
        return
    if ALL or (is_first(bench) and not bench.texts()):
        send_everywhere(bench, dict.fromkeys(names, WILD), "wild text")  # fields of text get it in the next test
    for said in values if ALL else ():
        send_everywhere(bench, dict.fromkeys(names, EVERYWHERE[said]), said)
    # A form with texts is sent whole by the next test; here it comes only where a value has not met a kind of its fields.
    turn, sent = TURN[bench.route.name], bool(bench.texts()) and not is_first(bench)
    while any((given := {name: bench.kinds.unmet(kind, values) for name, kind in kinds.items()}).values()) or not sent:
        sent = True
        mixed = {name: given[name] or values[(turn + place) % len(values)] for place, name in enumerate(names)}
        send_everywhere(bench, {name: EVERYWHERE[said] for name, said in mixed.items()}, str(mixed))


def send_everywhere(bench: Bench, typed: dict[str, str], said: str) -> None:
    """Send the form with what is typed; when it is refused, nothing of it is lost."""
    data = bench.data()
    for name, value in typed.items():
        data[name] = value
    answer = bench.send(data, said)
    if answer.status_code == 422:
        bench.check_all_kept(answer, typed, said)
    bench.settle(answer)


def test_wild_texts_among_good_values(bench: Bench) -> None:
    """Texts may hold anything; what a field refuses is put right, so that the others are stored. Odd names are ignored."""
    typed = [one.name for one in bench.texts()]
    if not typed and not is_first(bench):
        return
    odd = ("\x00", "", "__class__", "validate")
    for _attempt in range(3):
        data = bench.data()
        for name in typed:
            data[name] = WILD
        for name in list(data):
            data.add(name, "x")
            data.add(f"{name}[]", "x")
            data.add(f"{name}[a][b]", "x")
        for name in odd:
            data.add(name, "x")
        answer = bench.send(data, f"wild text in {typed}")
        bench.settle(answer)
        refused = [name for name in typed if answer.status_code == 422 and bench.said_at(answer, name)]
        if not refused:
            return
        typed = [name for name in typed if name not in refused]


@pytest.mark.once
def test_one_character_too_many(bench: Bench) -> None:
    """All fields with a limit at once; each says so itself, if need be when it alone is too long."""
    limits = {one.name: "ă" * (one.maxlength + 1) for one in bench.texts() if one.maxlength}
    if not limits:
        return
    answer = too_long(bench, limits)
    alone = [name for name in limits if not bench.said_at(answer, name)]
    for name in alone:
        assert bench.said_at(too_long(bench, {name: limits[name]}), name), f"{bench.path}: nothing is said at {name}"


def too_long(bench: Bench, typed: dict[str, str]) -> Any:
    """The answer to texts that are too long: refused, and all of them kept."""
    data = bench.data()
    for name, value in typed.items():
        data[name] = value
    answer = bench.send(data, f"one character too many in {[*typed]}")
    assert answer.status_code == 422, f"{bench.path}: {[*typed]} took more than its limit"
    for name, value in typed.items():
        bench.check_kept(answer, [name], value, "one character too many")
    return answer


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
@of(lambda route: route.acts)
def test_opened_for_another_organisation(bench: Bench) -> None:
    data = bench.with_long_texts()
    data["acting"] = "999999"
    answer = bench.send(data, "another organisation")
    assert answer.status_code == 409, f"{bench.path} ignores the organisation its page was opened for"
    bench.check_kept(answer, bench.long_names(), LONG, "another organisation")


@sqlite_first
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
    data.poplist("lock")
    answer = bench.send(data, "no version")
    assert answer.status_code == 409, f"{bench.path} takes a form that does not say which version it was opened on"
    bench.check_kept(answer, bench.long_names(), LONG, "no version")
    for odd in turn_of(bench, OLD_LOCKS):
        data["lock"] = odd
        bench.settle(bench.send(data, f"lock {odd!r}"))


@pytest.mark.once
@of(lambda route: tries_all(route) or not route.token)
def test_without_the_token_of_its_page(bench: Bench) -> None:
    """The check is one for all forms; those that are free of it are known by name (`test_which_forms_need_no_token`)."""
    bench.begin()
    bench.app.config["WTF_CSRF_ENABLED"] = True
    data = bench.with_long_texts()
    data.poplist("csrf_token")
    try:
        answer = bench.send(data, "no token")
    finally:
        bench.app.config["WTF_CSRF_ENABLED"] = False
    if not bench.route.token:  # its signed address is the permission; a mail program presses it (RFC 8058)
        signed = {"payments.stripe_webhook", "payments.transfer_message"}
        away = bench.route.endpoint in signed and answer.status_code == 404  # there is no provider, no secret
        assert away or answer.status_code < 400, f"{bench.path} asks for more than its address"
        return
    assert answer.status_code == 400, f"{bench.path} takes a form without its token"
    if not bench.route.endpoint.startswith("security."):
        bench.check_kept(answer, bench.long_names(), LONG, "no token")


def test_which_forms_need_no_token(shared_app: Flask) -> None:
    views = {endpoint: f"{view.__module__}.{view.__name__}" for endpoint, view in shared_app.view_functions.items()}
    parts = {name: blueprint.name for name, blueprint in shared_app.blueprints.items()}
    free = {one for one in {route.endpoint for route in ROUTES}
            if views[one] in csrf._exempt_views or parts.get(one.split(".")[0]) in csrf._exempt_blueprints}
    assert free == {route.endpoint for route in ROUTES if not route.token}


@pytest.mark.once
@of(lambda route: tries_all(route) or not route.token)
def test_bodies_that_are_no_form(bench: Bench) -> None:
    bodies = (*NO_FIELDS, *NO_TEXT)
    for said, body, kind in turn_of(bench, bodies):
        bench.settle(bench.send(body, said, content_type=kind))
    bench.begin()
    bench.app.config["WTF_CSRF_ENABLED"] = True  # as in production, where every form is read for its token
    answer = bench.send(TEN_MEGABYTES, "10 MB", content_type=URLENCODED)
    bench.app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 413, f"{bench.path} reads 10 MB"


@pytest.mark.once
@of(tries_all)
def test_wrong_methods(bench: Bench) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert bench.client.open(bench.path, method=method).status_code == 405
    if bench.path != bench.page:
        assert bench.client.get(bench.path).status_code < 500


def test_no_address_takes_other_methods_than_its_pages_use(shared_app: Flask) -> None:
    known = {"GET", "HEAD", "OPTIONS", "POST"}
    odd = [rule.rule for rule in shared_app.url_map.iter_rules() if not known.issuperset(rule.methods or ())]
    assert not odd, f"browsers send no other methods than these from a form: {odd}"


@sqlite_first
def test_sent_twice(bench: Bench) -> None:
    data = bench.data()
    first = bench.send(data, "good values")
    after = bench.count()
    second = bench.send(data, "the same again")
    if first.status_code < 400 and bench.route.once:
        assert bench.count() == after, f"{bench.path}: the second click was recorded too ({second.status_code})"


@pytest.mark.once
@of(tries_all)
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
