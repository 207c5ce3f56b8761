"""Nonsense in addresses: every page answers with a page, whatever stands in its path or behind the question mark."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.bad_input.addresses import PARTS, QUERIES, mixed
from tests.bad_input.values import SCRIPT
from tests.bad_input.world import Workshop
from tests.factories import client as sign_in
from tests.snapshot import Snapshot
from tests.thorough import ALL, sqlite_first

FINE = {200, 204, 301, 302, 303, 308, 400, 401, 403, 404, 405, 409, 414, 416, 422}

#: Catalogues and the queue: they read most of the parameters there are.
MOST_PARAMETERS = ("/technologies", "/needs", "/organisations", "/moderation")


def get(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in FINE, f"{path[:200]}: {answer.status_code}"
    if answer.mimetype == "text/html":
        assert SCRIPT not in answer.text, f"{path[:200]}: typed markup stands on the page as markup"
    if answer.status_code in {301, 302, 303, 308}:
        target = answer.headers["Location"]
        assert target.startswith("/") and not target.startswith("//"), f"{path[:200]} leads away to {target}"


def rules(app: Flask, *, with_parts: bool) -> list[Rule]:
    found = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set()))
    return [rule for rule in found if bool(rule.arguments) == with_parts and not rule.endpoint.endswith("static")]


def staff_or(owner: Any, admin: Any, path: str) -> Any:
    return admin if path.startswith(("/moderation", "/staff", "/imports", "/mailbox")) else owner


@sqlite_first
def test_nonsense_behind_the_question_mark(shared_app: Flask, made: tuple[Workshop, Snapshot]) -> None:
    """Every page gets another value in each parameter, or one in all; the pages with most parameters get them all."""
    world, snapshot = made
    snapshot.restore()
    owner, admin = world.worker(shared_app, "owner"), world.worker(shared_app, "admin")
    pages = [rule.rule for rule in rules(shared_app, with_parts=False)]
    pages += [f"/technologies/{world.listing.code}", f"/needs/{world.need.code}-x"]
    for turn, page in enumerate(pages):
        some = [QUERIES[turn % len(QUERIES)] if turn % 2 else mixed(turn)]
        for query in QUERIES if ALL or page in MOST_PARAMETERS else some:
            get(staff_or(owner, admin, page), f"{page}?{query}")
    visitor = sign_in(shared_app)
    for query in QUERIES:
        get(visitor, f"/language/en?next={query}")


def test_nonsense_in_the_place_of_a_name(shared_app: Flask, made: tuple[Workshop, Snapshot]) -> None:
    """Every route gets an odd name; the first route with a kind of part gets them all."""
    world, snapshot = made
    snapshot.restore()
    owner, admin = world.worker(shared_app, "owner"), world.worker(shared_app, "admin")
    met: set[tuple[str, ...]] = set()
    for turn, rule in enumerate(rules(shared_app, with_parts=True)):
        kinds = tuple(sorted({f"{type(converter).__name__}" for converter in rule._converters.values()}))
        every = ALL or kinds not in met
        met.add(kinds)
        for part in PARTS if every else [PARTS[turn % len(PARTS)]]:
            path = "".join(part if is_part else text for is_part, text in rule._trace).removeprefix("|")
            get(staff_or(owner, admin, path), path)


def test_a_redirect_never_leaves_the_site(shared_app: Flask, made: tuple[Workshop, Snapshot]) -> None:
    made[1].restore()
    owner = made[0].worker(shared_app, "owner")
    for away in ("https://example.org", "//example.org", "/\\example.org", "/%09/example.org", "javascript:alert(1)",
                 "https:example.org", "/\x00/example.org", "\x01https://example.org", "/\t/example.org"):
        for answer in (
            owner.post("/language/en", query_string={"next": away}),
            owner.post("/account/act-for", data={"organisation": "0", "next": away}),
        ):
            target = answer.headers["Location"]
            assert target.startswith("/"), f"{away!r} → {target!r}"
            assert not target.startswith(("//", "/\\")), f"{away!r} → {target!r}"
