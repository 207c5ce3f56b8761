"""Every route of moderation × everybody: exactly what the rule says, for every kind."""

from __future__ import annotations

import re
from contextlib import closing
from itertools import product
from typing import Any

import pytest
from flask import Flask

from marketplace.core.calendar_days import set_day
from marketplace.core.extensions import db
from marketplace.values.clock import parse_date
from tests.cases import try_each
from tests.moderation.conftest import Web
from tests.moderation.factories import KINDS, SECRET, form_of
from tests.snapshot import Snapshot

PARTS = {"kind": "{kind}", "subject_id": "{id}", "thing_id": "{thing}", "day_id": "{day}", "action": "suspend"}
PEOPLE = ("anonymous", "stranger", "colleague", "moderator", "holder", "insider")
#: (method, path) → what each of PEOPLE gets. 302 of a guest is the way to the sign-in page.
TABLE: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/moderation"): (302, 403, 403, 200, 200, 200),
    ("GET", "/moderation/decided"): (302, 403, 403, 200, 200, 200),
    ("GET", "/moderation/decided.csv"): (302, 403, 403, 200, 200, 200),
    ("GET", "/moderation/figures"): (302, 403, 403, 200, 200, 200),
    ("GET", "/moderation/calendar"): (302, 403, 403, 200, 200, 200),
    ("POST", "/moderation/calendar"): (302, 403, 403, 422, 422, 422),
    ("POST", "/moderation/calendar/{day}/remove"): (302, 403, 403, 302, 302, 302),
    ("GET", "/moderation/{kind}/{id}"): (302, 403, 403, 200, 200, 200),
    ("POST", "/moderation/{kind}/{id}/claim"): (302, 403, 403, 409, 302, 403),
    ("POST", "/moderation/{kind}/{id}/release"): (302, 403, 403, 403, 302, 403),
    ("POST", "/moderation/{kind}/{id}/take-over"): (302, 403, 403, 302, 302, 403),
    ("POST", "/moderation/{kind}/{id}/decide"): (302, 403, 403, 403, 302, 403),
    ("GET", "/moderation/things/{kind}/{thing}"): (302, 403, 403, 200, 200, 200),
    ("POST", "/moderation/things/{kind}/{thing}/suspend"): (302, 403, 403, 302, 302, 403),
}


REASONS = {"reason": "Đồng nghiệp nghỉ ốm", "reason_code": "complaint"}


def test_the_table_names_every_route(app: Flask) -> None:
    rules = {
        (method, re.sub("<(?:int:)?([a-z_]+)>", lambda found: PARTS[found[1]], rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("moderation.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert rules == set(TABLE), (
        "add a row to TABLE for every new address of moderation, and take out those that are gone"
    )


def _client(web: Web, who: str) -> Any:
    return web.client({"holder": "moderator", "moderator": "other"}.get(who, who))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("public", [False, True], ids=["submitted", "published"])
def test_everybody_gets_what_the_rule_says(web: Web, public: bool, kind: str) -> None:
    desk = web.desk
    subject = desk.published(kind) if public else desk.submit(kind)
    if not public:
        desk.claim(subject)
    if kind == "organisation":
        desk.join(desk.insider_user, subject.thing)
        desk.join(desk.colleague_user, subject.thing)
    day = set_day(parse_date("19/10/2026"), False, "Bão", desk.moderator)
    db.session.commit()
    approval = form_of(subject, "approve")
    ids = {"kind": kind, "id": subject.id, "thing": subject.thing.id, "day": day.id}

    def check(case: tuple[tuple[str, str], str]) -> None:
        (method, path), who = case
        form = approval if path.endswith("decide") else REASONS
        snapshot.restore()
        answer = _client(web, who).open(path.format(**ids), method=method, data=form if method == "POST" else None)
        assert answer.status_code == TABLE[method, path][PEOPLE.index(who)], (
            f"{method} {path} as {who}: mend the mark of the route, or its row in TABLE when that is what "
            "is meant"
        )
        if who == "anonymous":
            assert "/login" in answer.location, (
                "who is not signed in is led to signing in: mend the mark of the route"
            )

    routes = [route for route in TABLE if ("things" in route[1]) is public]
    with closing(Snapshot()) as snapshot:
        try_each(product(routes, PEOPLE), check, name=lambda case: f"{' '.join(case[0])} by {case[1]}")


@pytest.mark.parametrize("kind", ["listing", "need"])
@pytest.mark.parametrize(
    ("who", "reads"), [("holder", True), ("moderator", False), ("insider", False)], ids=["holder", "moderator", "insider"]
)
def test_only_the_holder_reads_the_confidential_part(web: Web, kind: str, who: str, reads: bool) -> None:
    subject = web.desk.submit(kind)
    web.desk.claim(subject)
    page = _client(web, who).get(f"/moderation/{kind}/{subject.id}").get_data(as_text=True)
    assert (SECRET in page) is reads


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/moderation/{kind}/999999", "/moderation/things/{kind}/999999", "/moderation/x/1"])
def test_what_is_not_there_is_not_found(web: Web, kind: str, path: str) -> None:
    assert web.client("moderator").get(path.format(kind=kind)).status_code == 404


@pytest.mark.parametrize("kind", ["listing", "need"])
def test_a_draft_is_nobody_elses_business(web: Web, kind: str) -> None:
    subject = web.desk.submit(kind)
    subject.revision.state = "draft"
    db.session.commit()
    assert web.client("moderator").get(f"/moderation/{kind}/{subject.id}").status_code == 404
    assert web.client("moderator").get(f"/moderation/things/{kind}/{subject.thing.id}").status_code == 404


def test_while_the_author_changes_it_the_text_is_hidden(web: Web) -> None:
    subject = web.desk.submit("listing")
    web.desk.claim(subject)
    web.desk.decide(subject, "request_changes")
    page = web.client("moderator").get(f"/moderation/listing/{subject.id}").get_data(as_text=True)
    assert "The author is working on it" in page
    assert subject.revision.public_summary not in page
