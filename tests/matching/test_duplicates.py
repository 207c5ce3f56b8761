"""Near-duplicates: the submitter is told of own and public things, the moderator of all, and nobody of more."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.authoring import actions as authoring
from marketplace.core.access import SYSTEM
from marketplace.core.events import record
from marketplace.core.extensions import db, write_intent
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import drain, work_once
from marketplace.listings.kind import KIND as LISTING
from marketplace.matching import duplicates, shingles
from marketplace.matching.models import Fingerprint, FingerprintBand
from tests import factories
from tests.listings import samples
from tests.matching.market import Market

TITLE = "Màng lọc nano khử asen trong nước giếng khoan"
TEXT = {
    "public_summary": "Màng lọc sợi rỗng giữ lại asen, sắt và mangan trong nước giếng khoan, thay lõi sau hai năm.",
    "problem_solved": "Nhiều hộ ven sông dùng nước giếng khoan có asen vượt chuẩn mà không có cách xử lý vừa túi tiền.",
    "applications": "Hộ gia đình, trường học, trạm cấp nước nhỏ ở nông thôn đồng bằng sông Hồng.",
    "advantages": "Không dùng hóa chất, không cần điện, rửa ngược bằng tay trong năm phút mỗi tuần.",
}


def words(count: int, seed: int) -> list[str]:
    pick = random.Random(seed)
    return [f"từ{pick.randint(1, 5000)}" for _ in range(count)]


@pytest.mark.parametrize("changed", [0, 5, 20, 60])
def test_the_fingerprint_estimates_how_alike_two_texts_are(changed: int) -> None:
    one = words(400, 1)
    other = [*one[: 400 - changed], *words(changed, 2)]
    left, right = " ".join(one), " ".join(other)
    first, second = shingles.signature(left), shingles.signature(right)
    assert first is not None
    assert second is not None
    of_one, of_other = set(shingles.shingles(left)), set(shingles.shingles(right))
    exact = len(of_one & of_other) / len(of_one | of_other)
    assert shingles.likeness(first, second) == pytest.approx(exact, abs=0.13)
    assert set(shingles.bands(first, "")) & set(shingles.bands(second, ""))  # at least .7 alike: found


def test_other_texts_share_no_band_and_a_title_is_found_by_itself() -> None:
    one, other = (shingles.signature(" ".join(words(300, seed))) for seed in (3, 4))
    assert one is not None
    assert other is not None
    assert not set(shingles.bands(one, "Tên một")) & set(shingles.bands(other, "Tên hai"))
    assert set(shingles.bands(one, "HỆ THỐNG Đo")) & set(shingles.bands(other, "hệ thống đo"))


@given(st.text(max_size=200))
def test_any_text_has_a_fingerprint_that_is_kept_as_it_is_or_none(text: str) -> None:
    made = shingles.signature(text)
    if made is not None:
        assert (shingles.unpacked(shingles.packed(made)) == made).all()
        assert all(0 <= band < 2**63 for band in shingles.bands(made, text))


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


def seen_by_submitter(market: Market, **values: object) -> list[tuple[str, bool]]:
    """What a stranger's own draft with this text is told."""
    revision = samples.draft(market.cast.stranger_user, market.cast.stranger_org, **{"title": TITLE, **TEXT, **values})
    actor = factories.actor_of(market.cast.stranger_user, market.cast.stranger_org)
    found = duplicates.for_submitter(LISTING, revision.listing, revision, actor)
    return [(one.thing.code, one.same_title) for one in found]


def test_a_public_twin_is_shown_by_title_and_by_text(market: Market) -> None:
    twin = market.offer(title=TITLE, **TEXT)
    market.offer()
    drain()
    assert seen_by_submitter(market) == [(twin.code, True)]
    assert seen_by_submitter(market, title="Tên khác hẳn cho cùng một văn bản")[0] == (twin.code, False)
    assert seen_by_submitter(market, title="Đèn trồng cây", public_summary="Đèn.", problem_solved="Tối.",
                             applications="Nhà kính.", advantages="Rẻ.") == []


def test_what_others_may_not_read_is_never_told(market: Market) -> None:
    waiting = samples.submitted(market.person, market.org, title=TITLE, **TEXT)
    members = market.offer(title=TITLE, **TEXT, visibility="members")
    drain()
    assert (seen_by_submitter(market), members.code) == ([(members.code, True)], members.code)  # verified: a member
    db.session.expire_all()
    market.cast.stranger_org.state = "draft"
    market.cast.stranger_org.verified_at = None
    db.session.commit()
    mine = samples.draft(market.cast.stranger_user, market.cast.stranger_org, title="Tên khác", **TEXT)
    actor = factories.actor_of(market.cast.stranger_user, market.cast.stranger_org)
    found = {one.thing.code for one in duplicates.for_submitter(LISTING, mine.listing, mine, actor)}
    assert not found & {waiting.listing.code, members.code}
    everything = {one.thing.code for one in duplicates.for_moderator(LISTING, mine.listing, mine)}
    assert everything == {waiting.listing.code, members.code}


def test_own_drafts_with_the_same_title_are_told(market: Market) -> None:
    draft = samples.draft(market.cast.stranger_user, market.cast.stranger_org, title=TITLE.upper())
    assert seen_by_submitter(market) == [(draft.listing.code, True)]


def test_a_new_text_is_filed_when_published_and_one_taken_back_is_not_kept(market: Market) -> None:
    listing = market.offer(title=TITLE, **TEXT)
    drain()
    market.revise(listing, title="Thiết bị sấy thăng hoa", **{name: f"Sấy thăng hoa {name}" for name in TEXT})
    assert seen_by_submitter(market) == []
    waiting = samples.submitted(market.person, market.org, title=TITLE, **TEXT)
    drain()
    assert db.session.scalar(select(func.count(Fingerprint.id)).where(Fingerprint.kind == "listing")) == 2
    authoring.owner_move(LISTING, waiting, "withdraw", market.supplier)
    db.session.commit()
    drain()
    assert db.session.scalar(select(func.count(FingerprintBand.id))) == 2 * (shingles.BANDS + 1)  # with the need


def test_texts_are_read_without_a_lock_and_what_changes_meanwhile_is_left_to_its_event(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = market.offer(title=TITLE, **TEXT), market.offer(title="Thiết bị sấy", **TEXT)
    ids, may_write = {first.id, second.id}, []
    compute = duplicates.signature

    def compute_slowly(text: str) -> shingles.Signature | None:
        if not may_write:
            begin_writing()
            record(first, "listing.publish", SYSTEM)
            db.session.commit()
            begin_reading()
        may_write.append(write_intent.get())
        return compute(text)

    filed = select(Fingerprint.thing_id).where(Fingerprint.thing_id.in_(ids), Fingerprint.kind == "listing")
    with monkeypatch.context() as patch:
        patch.setattr(duplicates, "signature", compute_slowly)
        work_once(["fingerprints"])
    assert may_write and not any(may_write)
    assert list(db.session.scalars(filed)) == [second.id]
    drain()
    assert set(db.session.scalars(filed)) == ids


def test_the_page_before_submission_shows_it(market: Market, ctx: Flask) -> None:
    twin = market.offer(title=TITLE, **TEXT)
    drain()
    draft = samples.draft(market.cast.stranger_user, market.cast.stranger_org, title=TITLE, **TEXT).listing.code
    client = factories.client(ctx, market.cast.stranger_user, market.cast.stranger_org, locale="en")
    page = client.get(f"/my/listings/{draft}/review").get_data(as_text=True)
    assert "This looks like something that is there already" in page
    assert twin.code in page
    assert "100 % alike" in page
