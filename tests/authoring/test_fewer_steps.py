"""How much is asked of who writes: steps, demanded items, what is filled in, and where old addresses lead."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.authoring import actions as authoring
from marketplace.authoring.completeness import blocking, problems
from marketplace.authoring.kinds import PUBLISH, SUBMIT
from marketplace.buyer_requests import editor as needs
from marketplace.buyer_requests.models import NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings import editor as listings
from marketplace.listings.models import ListingRevision
from tests import factories
from tests.listings import samples

MOST_STEPS, MOST_DEMANDED = 5, 12  # with the one that checks and submits; of a technology


@pytest.fixture
def writer(ctx: Flask) -> Actor:
    """A person of an organisation whose profile is filled in."""
    org = factories.organisation("Viện Nước")
    org.province_code, org.ward_code, org.field_codes = "01", "00070", ["1", "2"]
    person = factories.user("Lê Thị Hoa", email="hoa@nuoc.example.vn")
    factories.member(person, org)
    db.session.commit()
    return factories.actor_of(person, org)


def test_a_technology_has_five_steps_and_demands_twelve_items(writer: Actor) -> None:
    revision: ListingRevision = authoring.begin(listings.KIND, writer, "")
    assert len(listings.EDITOR.steps_of(revision)) + 1 == MOST_STEPS
    revision.trl, revision.pricing_mode = 7, "fixed"  # these two ask for evidence and an amount
    demanded = {problem.field for problem in problems(listings.KIND, revision)} | {"trl", "pricing_mode"}
    assert demanded == {
        "title", "object_kinds", "public_summary", "field_code", "problem_solved", "trl", "trl_evidence", "ip",
        "funding_source", "transfer_right", "pricing_mode", "price_min", "image",
    }
    assert len(demanded - {"price_min"}) <= MOST_DEMANDED, "an amount is asked for by who offers at one"


def test_an_enterprise_writes_a_need_in_five_steps_and_an_agency_settles_six_points_too(writer: Actor) -> None:
    revision: NeedRevision = authoring.begin(needs.KIND, writer, "Xử lý nước thải dệt nhuộm")
    keys = [step.key for step in needs.EDITOR.steps_of(revision)]
    assert len(keys) + 1 == MOST_STEPS
    assert "six-clear" not in keys
    revision.kind = "agency_problem"
    assert [step.key for step in needs.EDITOR.steps_of(revision)] == ["problem", "result", "terms", "six-clear", "files"]
    assert needs.EDITOR.next_key("terms", revision) == "six-clear"


def test_what_is_known_is_filled_in(writer: Actor) -> None:
    listing = authoring.begin(listings.KIND, writer, "Màng lọc nước lợ")
    owner = {"name": "Viện Nước", "tax_code": listing.listing.organisation.tax_code, "share_bp": 10_000}
    assert (listing.owners, listing.contact_name, listing.contact_email) == ([owner], "Lê Thị Hoa", "hoa@nuoc.example.vn")
    assert (listing.province_code, listing.ward_code) == ("01", "00070")
    need = authoring.begin(needs.KIND, writer, "Xử lý nước thải dệt nhuộm")
    assert sum(row["weight"] for row in need.criteria) == 100
    assert (need.kind, need.contact_email, need.province_code) == ("enterprise_need", "hoa@nuoc.example.vn", "01")


def test_the_last_answers_of_the_organisation_come_again_and_no_others(ctx: Flask) -> None:
    org, person = factories.organisation("Viện Nước"), factories.user("Lê Thị Hoa")
    other, stranger = factories.organisation("Bên khác"), factories.user("Vũ Minh Tâm")
    factories.member(person, org)
    factories.member(stranger, other)
    samples.submitted(person, org, funding_source="private", origin="foreign", support_kinds=["training"])
    mine = authoring.begin(listings.KIND, factories.actor_of(person, org), "Màng lọc thứ hai")
    theirs = authoring.begin(listings.KIND, factories.actor_of(stranger, other), "Máy của bên khác")
    assert (mine.funding_source, mine.origin, mine.support_kinds) == ("private", "foreign", ["training"])
    assert mine.problem_solved == "", "what differs from one technology to the next is written anew"
    assert (theirs.funding_source, theirs.origin) == ("", "domestic")


@pytest.mark.parametrize("editor", [listings.EDITOR, needs.EDITOR], ids=["listing", "need"])
def test_optional_is_never_demanded_later(ctx: Flask, writer: Actor, editor: object) -> None:
    assert isinstance(editor, type(listings.EDITOR))
    kind = editor.kind
    revision = authoring.begin(kind, writer, "Một tên đủ dài")
    assert blocking(kind, revision, PUBLISH) == blocking(kind, revision, SUBMIT)
    for values in ({}, {"right_basis": "authorised", "trl": 9, "trl_assessed_by": "expert", "funding_source": "mixed",
                        "pricing_mode": "range", "support_kinds": ["warranty"], "ip": [{"kind": "patent"}]}):
        for name, value in values.items():
            if name in kind.names:
                setattr(revision, name, value)
        asked = {one.field for one in problems(kind, revision)} & set(kind.names)
        unsaid = [name for name in asked if not (kind.spec(name).needed or kind.spec(name).demanded_if)]
        assert not unsaid, f"the form calls these optional and asks for them: {unsaid}"


def test_old_addresses_lead_to_the_step_that_has_their_fields_now(ctx: Flask) -> None:
    org, person = factories.organisation("Viện Nước"), factories.user("Lê Thị Hoa")
    factories.member(person, org)
    revision = samples.draft(person, org)
    client: FlaskClient = factories.client(ctx, person, org)
    base = f"/my/listings/{revision.listing.code}/edit"
    for before, now in listings.EDITOR.moved.items():
        assert client.get(f"{base}/{before}").location == f"{base}/{now}"
    answer = client.post(f"{base}/contact", data={"lock": revision.lock, "contact_phone": "0912 345 678", "go": "stay"})
    assert answer.status_code == 302
    db.session.expire_all()
    assert revision.contact_phone == "0912 345 678"
    assert revision.transfer_forms == samples.COMPLETE["transfer_forms"], "what the old page did not have stays"


def test_a_level_is_shown_with_its_number_wherever_it_is_chosen(ctx: Flask, writer: Actor) -> None:
    with ctx.test_request_context():
        for editor, names in ((listings.EDITOR, ["trl"]), (needs.EDITOR, ["trl_min", "trl_max"])):
            forms = [step.form() for step in editor.steps if step.form]
            for name in names:
                field = next(form[name] for form in forms if name in form)
                assert all(label.startswith(f"TRL {code} · ") for code, label in field.choices if code)
