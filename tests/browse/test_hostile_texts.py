"""Hostile words in every text that people write: no page, download or mail lets them act."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask

from marketplace.authoring import actions as authoring
from marketplace.authoring.enquiries import enquire
from marketplace.authoring.kinds import Kind
from marketplace.buyer_requests import actions as needs
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.files import actions as files
from marketplace.listings import actions as listings
from marketplace.mail import MailMessage
from marketplace.moderation.kind import VERSIONED
from marketplace.moderation.submission import load
from tests import factories
from tests.files import samples as uploads
from tests.moderation.factories import Desk

EVIL = "=cmd|'x'!A1\"'><img src=x onerror=alert(1)></script><script>alert(2)</script>{{7*7}}%(x)s [a](javascript:alert(3))"
BAD = re.compile(r"<img src=x|<script>alert|href=\"?javascript:|onerror=alert\(1\)>|[a-z]=\"[^\"]*\"'><", re.IGNORECASE)
AS_WRITTEN = {"contact_email", "source_url"}  # checked for their shape wherever people write them


def hostile(kind: Kind, revision: Any) -> dict[str, Any]:
    """The version's own values with every free text replaced."""
    made: dict[str, Any] = {}
    for spec in kind.fields:
        value = getattr(revision, spec.name)
        if spec.name in AS_WRITTEN or spec.vocabulary is not None:
            continue
        if spec.shape in {"text", "prose"}:
            made[spec.name] = EVIL[:getattr(kind.revision.__table__.c[spec.name].type, "length", None) or 300]
        elif spec.shape == "codes":
            made[spec.name] = [EVIL[:60]]
        elif spec.shape == "rows":
            texts = [column.name for column in spec.columns if column.shape == "text" and column.name != "tax_code"]
            made[spec.name] = [{**row, **dict.fromkeys(texts, EVIL)} for row in value or []]
    return made


@pytest.fixture
def desk(ctx: Flask) -> Desk:
    made = Desk()
    made.org.name, made.org.description, made.org.website = EVIL[:200], EVIL, "https://example.vn/?" + "'\">"
    made.supplier_user.name = made.moderator_user.name = EVIL[:200]
    db.session.commit()
    return made


def publish(desk: Desk, name: str) -> Any:
    """A thing with hostile words everywhere, files and a question included; published."""
    kind = VERSIONED[name]
    revision = desk.submit(name).revision
    authoring.owner_move(kind, revision, "withdraw", desk.supplier)
    authoring.save(kind, revision, hostile(kind, revision), desk.supplier, None)
    stored = files.store_upload(uploads.upload(uploads.PDF, f"{EVIL[:80]}.pdf"), desk.supplier)
    files.attach(stored, revision, "document", caption=EVIL)
    authoring.submit(kind, revision, desk.supplier, desk.due())
    db.session.commit()
    subject = load(name, revision.id)
    desk.claim(subject)
    desk.decide(subject, "approve", text=EVIL)
    thing = subject.thing
    asking = factories.actor_of(desk.stranger_user, desk.stranger_org)
    enquire(thing, asking, EVIL, (listings if name == "listing" else needs).ENQUIRIES)
    again = authoring.start_revision(kind, thing, desk.supplier)
    authoring.save(kind, again, {"title": EVIL[::-1][:300]}, desk.supplier, None)
    db.session.commit()
    return thing


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("listing", "vi"), ("need", "en"), pytest.param("listing", "en", marks=pytest.mark.thorough),
        pytest.param("need", "vi", marks=pytest.mark.thorough),
    ],
)
def test_no_page_lets_hostile_words_act(ctx: Flask, desk: Desk, name: str, locale: str) -> None:
    thing = publish(desk, name)
    drain()
    plural, mine = ("technologies", "listings") if name == "listing" else ("needs", "needs")
    page = f"/{plural}/{thing.code}-x"
    public = ["/", f"/{plural}", f"/{plural}?q=onerror+alert", page, f"/organisations/{desk.org.slug}"]
    assert "&lt;img src=x" in factories.client(ctx).get(page, follow_redirects=True).get_data(as_text=True)
    own = [*public, "/dashboard", "/account", "/my/organisation", "/my/organisation/members", f"/my/{mine}",
           f"/my/{mine}/{thing.code}/review", f"/my/{mine}/{thing.code}/edit/what", f"/my/{mine}/{thing.code}/edit/files"]
    staff = [*public, "/moderation", "/moderation/decided", f"/moderation/things/{name}/{thing.id}",
             f"/moderation/{name}/{thing.published_revision_id}", "/mailbox",
             *(f"/mailbox/{mail.id}" for mail in db.session.query(MailMessage))]
    for who, org, paths in (
        (None, None, public), (desk.supplier_user, desk.org, own), (desk.moderator_user, None, staff),
        (desk.stranger_user, desk.stranger_org, public),
    ):
        web = factories.client(ctx, who, org, locale=locale)
        for path in paths:
            answer = web.get(path, follow_redirects=True)
            assert answer.status_code in {200, 404}, (path, answer.status_code)
            found = BAD.search(answer.get_data(as_text=True))
            assert not found, f"{path}: …{found.string[max(0, found.start() - 80):found.end() + 40]}…" if found else ""


@pytest.mark.parametrize("name", ["listing", "need"])
def test_no_cell_of_a_download_is_a_formula(ctx: Flask, desk: Desk, name: str) -> None:
    publish(desk, name)
    drain()
    owner, staff = factories.client(ctx, desk.supplier_user, desk.org), factories.client(ctx, desk.moderator_user)
    found = {
        "/my/listings/export.csv": owner, "/my/needs.csv": owner, "/moderation/decided.csv": staff,
        "/technologies/export.csv": owner, "/needs/export.csv": owner,
    }
    for path, web in found.items():
        rows = list(csv.reader(io.StringIO(web.get(path).get_data().decode("utf-8-sig"))))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))], path
    assert all("\n" not in mail.subject for mail in db.session.query(MailMessage))
