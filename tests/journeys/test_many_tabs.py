"""Twenty tabs that send the same at the same moment have one effect, as one tab has."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.authoring.enquiries import Enquiry
from marketplace.core.events import Event
from marketplace.core.extensions import Base, db
from marketplace.files.models import Attachment
from marketplace.importing.models import ImportRun
from marketplace.matching.formula import DEFAULT_WEIGHTS
from marketplace.matching.models import MatchWeights
from marketplace.values import clock
from tests import factories
from tests.deals.racing import Answer, at_once, enough_connections
from tests.files import samples
from tests.moderation.factories import Desk

TABS = 20
QUESTION = "Công suất của máy là bao nhiêu, xin cho biết?"


def send(client: FlaskClient, path: str, data: Callable[[], dict[str, object]]) -> Callable[[], Answer]:
    """The call that sends a form, with a file of its own where there is one."""

    def post() -> Answer:
        answer = client.post(path, data=data(), content_type="multipart/form-data")
        return Answer(answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", ""))

    return post


def rows(table: type[Base]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def from_all_tabs(table: type[Base], client: FlaskClient, path: str, data: Callable[[], dict[str, object]]) -> int:
    """Send from all tabs of one browser at once; return how many rows came of it."""
    before = rows(table)
    db.session.commit()
    with enough_connections(TABS):
        answers = at_once([send(client, path, data) for _tab in range(TABS)])
    assert {one.status for one in answers} == {302}, [one.page for one in answers if one.status != 302][:1]
    return rows(table) - before


def test_a_question(ctx: Flask) -> None:
    technology = Desk().published("listing").thing
    person, org = factories.user(), factories.organisation()
    factories.member(person, org)
    web = factories.client(ctx, person, org)
    path = f"/technologies/{technology.code}/enquiry"
    assert from_all_tabs(Enquiry, web, path, lambda: {"text": QUESTION}) == 1
    asked = select(func.count()).select_from(Event).where(Event.action == "listing.enquire")
    assert db.session.scalar(asked) == 1


def test_a_file_to_be_imported(ctx: Flask) -> None:
    org = factories.organisation()
    web = factories.client(ctx, factories.user(staff=("moderator",)))
    content = json.dumps({"title": "Bơm"}).encode()
    assert from_all_tabs(ImportRun, web, "/imports", lambda: {
        "file": (io.BytesIO(content), "a.jsonl"), "kind": "listings", "organisation": org.slug,
    }) == 1


def test_a_document_of_an_organisation(ctx: Flask) -> None:
    person, org = factories.user(), factories.organisation(state="draft")
    factories.member(person, org)
    web = factories.client(ctx, person, org)
    assert from_all_tabs(Attachment, web, "/my/organisation/documents", lambda: {
        "file": (io.BytesIO(samples.PDF), "thông báo.pdf"), "kind": "tax", "caption": "Thông báo",
    }) == 1


def test_the_weights_of_matches(ctx: Flask) -> None:
    web = factories.client(ctx, factories.user(staff=("manager",)))
    shifted = {**DEFAULT_WEIGHTS, "text": DEFAULT_WEIGHTS["text"] + 1}
    shifted[max((name for name in shifted if name != "text"), key=shifted.__getitem__)] -= 1
    today = clock.today().strftime("%d/%m/%Y")
    assert from_all_tabs(MatchWeights, web, "/staff/matching/weights", lambda: {
        **shifted, "note": "Hội đồng đã quyết định như vậy.", "effective_on": today,
    }) == 1
