"""Every page without an argument stays within a bounded number of statements, for everybody who may open it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.outbox import drain
from marketplace.negotiation.actions import begin as leads
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples
from tests.statements import statements

#: The most a page may ask, the person's own three included. Search pages have their own, lower bound.
MOST = 24
#: How many of each there are: a page that asks once per row goes far beyond the bound.
ROWS = 12
#: Not pages: they end a session, or answer with a file.
NOT_PAGES = {"security.logout"}


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    made = Cast()
    for number in range(ROWS):
        title = f"Xử lý nước thải kiểu {number}"
        listing = samples.published(made.buyer_user, made.org, made.moderator_user, title=title)
        leads.express_interest(listing, made.stranger, "Chúng tôi muốn tìm hiểu công nghệ này.")
        samples.submitted(made.buyer_user, made.org, title=f"Chờ duyệt {number}")
        made.published(title=f"Cần xử lý nước thải {number}")
        other = factories.organisation(f"Tổ chức chờ {number}", state="submitted")
        factories.member(factories.user(f"Người {number}"), other)
        factories.member(factories.user(f"Đồng nghiệp {number}"), made.org)
    drain()
    return made


def test_no_page_asks_once_per_row(cast: Cast, ctx: Flask) -> None:
    people = {
        "visitor": (None, None),
        "owner": (cast.buyer_user, cast.org),
        "stranger": (cast.stranger_user, cast.stranger_org),
        "moderator": (cast.moderator_user, None),
        "admin": (factories.user("Quản trị", staff=("admin", "moderator", "manager")), None),
    }
    over = {}
    for name, who in people.items():
        asked = statements_of_pages(ctx, factories.client(ctx, *who))
        assert len(asked) >= 10, (name, asked)
        over |= {(name, path): count for path, count in asked.items() if count > MOST}
    assert not over, f"load what the page shows in fewer statements: {over}"


def statements_of_pages(app: Flask, client: FlaskClient) -> dict[str, int]:
    """Open every page without an argument and return the statements of each that answers with 200."""
    asked: dict[str, int] = {}
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.endpoint in NOT_PAGES:
            continue
        with statements(app) as seen:
            answer = client.get(rule.rule)
        assert answer.status_code < 500, rule.rule
        if answer.status_code == 200:
            asked[rule.rule] = len(seen)
    return asked
