"""Saving as one goes: autosave, two tabs, rows without JavaScript, bad input. Driven through listings."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from tests import factories
from tests.listings import samples

AUTOSAVE = {"Accept": "application/json", "X-Requested-With": "autosave"}


class Desk:
    """Two colleagues with the same draft."""

    def __init__(self, app: Flask) -> None:
        self.org = factories.organisation("Viện Nước")
        self.hoa, self.dong = factories.user("Lê Thị Hoa"), factories.user("Phạm Văn Đồng")
        factories.member(self.hoa, self.org)
        factories.member(self.dong, self.org)
        self.code = samples.draft(self.hoa, self.org).listing.code
        self.one, self.two = factories.client(app, self.hoa, self.org), factories.client(app, self.dong, self.org)

    def revision(self) -> ListingRevision:
        db.session.rollback()
        db.session.expire_all()
        return db.session.query(Listing).filter_by(code=self.code).one().revisions[-1]

    def post(self, step: str, data: dict[str, Any], client: FlaskClient | None = None, **kwargs: Any) -> Any:
        return (client or self.one).post(f"/my/listings/{self.code}/edit/{step}", data=data, **kwargs)


@pytest.fixture
def desk(ctx: Flask) -> Desk:
    return Desk(ctx)


def test_autosave_saves_what_is_valid_and_names_the_rest(desk: Desk) -> None:
    lock = desk.revision().lock
    data = {"lock": lock, "price_min": "khoảng 3 đồng rưỡi", "price_max": "2 tỷ", "territory": "Việt Nam"}
    answer = desk.post("transfer", data, headers=AUTOSAVE)
    assert answer.status_code == 200
    body = answer.get_json()
    assert list(body["errors"]) == ["price_min"]
    assert body["lock"] == desk.revision().lock > lock
    assert "trừ các ô" in body["saved"]
    assert "missing" in body["missing_html"]
    revision = desk.revision()
    assert (revision.price_max, revision.territory, revision.price_min) == (2_000_000_000, "Việt Nam", 1_500_000_000)


def test_autosave_without_a_change_writes_nothing(desk: Desk) -> None:
    before = desk.revision()
    lock, data = before.lock, {"lock": before.lock, "contact_phone": before.contact_phone}
    assert desk.post("contact", data, headers=AUTOSAVE).get_json()["lock"] == lock  # a step of before
    assert desk.revision().lock == lock


def test_a_cut_off_request_empties_nothing(desk: Desk) -> None:
    desk.post("what", {"lock": desk.revision().lock, "advantages": "Mới"}, headers=AUTOSAVE)
    revision = desk.revision()
    assert revision.advantages == "Mới"
    assert revision.problem_solved == samples.COMPLETE["problem_solved"]


def test_of_two_tabs_one_wins_and_the_other_keeps_its_text(desk: Desk) -> None:
    lock = desk.revision().lock
    assert desk.post("what", {"lock": lock, "advantages": "Của Hoa"}).status_code == 302
    answer = desk.post("what", {"lock": lock, "advantages": "Của Đồng"}, desk.two)
    assert answer.status_code == 409
    assert "Của Đồng" in answer.text
    assert "Của Hoa" in answer.text
    assert "Lê Thị Hoa" in answer.text
    assert desk.revision().advantages == "Của Hoa"
    new_lock = desk.revision().lock
    assert f'name="lock" value="{new_lock}"' in answer.text
    assert desk.post("what", {"lock": new_lock, "advantages": "Của Đồng"}, desk.two).status_code == 302
    assert desk.revision().advantages == "Của Đồng"


def test_a_stale_autosave_answers_409_and_saves_nothing(desk: Desk) -> None:
    lock = desk.revision().lock
    desk.post("what", {"lock": lock, "advantages": "Của Hoa"}, headers=AUTOSAVE)
    answer = desk.post("what", {"lock": lock, "advantages": "Của Đồng"}, desk.two, headers=AUTOSAVE)
    assert answer.status_code == 409
    assert answer.get_json()["detail"]
    assert desk.revision().advantages == "Của Hoa"


def test_a_tab_that_acts_for_another_organisation_keeps_its_text(desk: Desk) -> None:
    other = factories.organisation("Bên khác")
    answer = desk.post("what", {"acting": other.id, "lock": desk.revision().lock, "advantages": "Chữ đã gõ rất dài ở đây"})
    assert answer.status_code == 409
    assert "Chữ đã gõ rất dài ở đây" in answer.text


def test_rows_are_added_and_removed_without_javascript(desk: Desk) -> None:
    row = {"specs-0-name": "Công suất", "specs-0-value": "500", "specs-1-name": "Áp lực", "specs-1-value": "3"}
    added = desk.post("what", {**row, "lock": 1, "add-specs": "1"})
    assert added.status_code == 200
    assert 'name="specs-2-name"' in added.text
    removed = desk.post("what", {**row, "lock": 1, "remove-specs-0": "1"})
    assert "Áp lực" in removed.text
    assert "Công suất" not in removed.text
    lock = desk.revision().lock
    assert desk.post("what", {"lock": lock, "specs-5-name": "Áp lực", "specs-5-value": "3"}).status_code == 302
    assert desk.revision().specs == [{"name": "Áp lực", "value": "3", "unit": ""}]


def test_too_many_rows_are_cut_not_crashed(desk: Desk) -> None:
    rows = {f"owners-{number}-name": f"Chủ {number}" for number in range(400)}
    assert desk.post("maturity", {"lock": desk.revision().lock, **rows}).status_code in {302, 422}
    assert len(desk.revision().owners) <= 20


BAD = {
    "over-long title": ("what", {"title": "x" * 301, "public_summary": "y" * 1001}),
    "foreign code": ("what", {"field_code": "99", "object_kinds": ["bí quyết", "process"]}),
    "too many keywords": ("what", {"tags": ", ".join(f"từ {number}" for number in range(31))}),
    "not a patent class": ("what", {"ipc_codes": "<script>"}),
    "word for a level": ("maturity", {"trl": "bảy"}),
    "level 12": ("maturity", {"trl": "12"}),
    "assessed by nobody known": ("maturity", {"trl_assessed_by": "my friend"}),
    "day of another calendar": ("maturity", {"trl_assessed_on": "31/02/2026"}),
    "share over 100": ("maturity", {"owners-0-name": "A", "owners-0-share_bp": "100,01"}),
    "share of a third": ("maturity", {"owners-0-name": "A", "owners-0-share_bp": "33,333"}),
    "share NaN": ("maturity", {"owners-0-name": "A", "owners-0-share_bp": "NaN"}),
    "share without owner": ("maturity", {"owners-0-share_bp": "100"}),
    "wrong tax code": ("maturity", {"owners-0-name": "A", "owners-0-tax_code": "0100109107"}),
    "date in a row": ("maturity", {"ip-0-kind": "patent", "ip-0-filed_on": "hôm qua"}),
    "ambiguous money": ("transfer", {"price_min": "1.5"}),
    "negative money": ("transfer", {"price_min": "-5"}),
    "huge money": ("transfer", {"price_min": "9" * 40}),
    "arabic digits": ("transfer", {"term_months": "٣"}),
    "huge number": ("transfer", {"term_months": "9" * 15}),
    "mail": ("transfer", {"contact_email": "hoa@"}),
    "phone": ("transfer", {"contact_phone": "gọi tôi nhé"}),
    "script address": ("transfer", {"source_url": "javascript:alert(1)"}),
    "province of nowhere": ("transfer", {"province_code": "99"}),
    "nobody's visibility": ("transfer", {"visibility": "secret"}),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_what_was_typed_kept(desk: Desk, case: str) -> None:
    step, data = BAD[case]
    lock = desk.revision().lock
    answer = desk.post(step, {"lock": lock, **data})
    assert answer.status_code == 422, answer.text[:300]
    assert "error-summary" in answer.text
    assert desk.revision().lock == lock
    autosave = desk.post(step, {"lock": lock, **data}, headers=AUTOSAVE)
    assert autosave.status_code == 200
    assert autosave.get_json()["errors"]


def test_html_control_characters_and_nfd_are_only_text(desk: Desk) -> None:
    nasty = unicodedata.normalize("NFD", "<img src=x onerror=alert(1)> Đổi mới\u0000\u202e **đậm**")
    assert desk.post("what", {"lock": desk.revision().lock, "advantages": nasty}).status_code == 302
    assert desk.revision().advantages == "<img src=x onerror=alert(1)> Đổi mới **đậm**"
    for page in ("review", "preview", "edit/what"):
        text = desk.one.get(f"/my/listings/{desk.code}/{page}").text
        assert "<img src=x" not in text, page


@pytest.mark.parametrize("lock", [None, "", "abc", "-1", "9" * 30, "1e3"])
def test_a_form_that_names_no_version_saves_nothing_and_shows_both_texts(desk: Desk, lock: str | None) -> None:
    saved = {"lock": desk.revision().lock, "advantages": "Chữ đã lưu của người khác"}
    assert desk.post("what", saved).status_code == 302
    sent = {"advantages": "Chữ vừa gõ", **({} if lock is None else {"lock": lock})}
    assert desk.post("what", sent, headers=AUTOSAVE).status_code == 409
    answer = desk.post("what", sent)
    assert answer.status_code == 409
    assert "Chữ vừa gõ" in answer.text and "Chữ đã lưu của người khác" in answer.text
    assert desk.revision().advantages == "Chữ đã lưu của người khác"
    now = {**sent, "lock": factories.version_of(answer)}
    assert desk.post("what", now).status_code == 302, "having seen the other text, the next save decides"
    for verb in ("submit", "delete"):
        assert desk.one.post(f"/my/listings/{desk.code}/{verb}", data={"lock": lock or ""}).status_code == 409


def test_nobody_elses_draft_is_found(desk: Desk, ctx: Flask) -> None:
    stranger, other = factories.user(), factories.organisation("Bên khác")
    factories.member(stranger, other)
    client = factories.client(ctx, stranger, other)
    for page in ("edit/what", "review", "preview"):
        assert client.get(f"/my/listings/{desk.code}/{page}").status_code == 404
    for page in ("edit/what", "submit", "revise", "withdraw", "delete", "files/1/remove"):
        assert client.post(f"/my/listings/{desk.code}/{page}", data={}).status_code == 404
