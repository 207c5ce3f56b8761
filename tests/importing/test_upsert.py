"""Records are recognised again, changed ones get a new version, and people's own work is left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import CONSUMERS, Consumer, Event, Outbox, register_consumer
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.importing import actions as importing
from marketplace.importing import import_runs
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values import clock
from tests import factories
from tests.importing.files import LISTINGS, bring_in, jsonl, ready, try_out


def listing(external_id: str) -> Listing:
    db.session.expire_all()
    return db.session.scalars(select(Listing).where(Listing.external_id == external_id)).one()


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def actions_of(subject: Any) -> list[str]:
    rows = select(Event.action).where(Event.subject_kind == subject.subject_kind, Event.subject_id == subject.id)
    return list(db.session.scalars(rows.order_by(Event.seq)))


@pytest.fixture
def org(ctx: Flask) -> Any:
    return factories.organisation("Viện Công nghệ Nước")


def test_new_records_become_drafts_that_say_what_is_missing(org: Any, tmp_path: Path) -> None:
    outcome = bring_in(jsonl(tmp_path / "a.jsonl", LISTINGS), org)
    assert (outcome.read, outcome.created, outcome.drafts, outcome.published) == (3, 3, 3, 0)
    made = listing("T-1")
    assert made.state == "draft" and made.code.startswith("CN-") and made.org_id == org.id
    assert made.revisions[0].state == "draft" and made.revisions[0].imported
    assert made.revisions[0].public_summary == "Áp lực thấp."
    assert outcome.missing["object_kinds"] == 3 and "title" not in outcome.missing
    assert actions_of(made) == ["listing.create"]


def test_published_records_need_only_a_title_and_nothing_is_invented(org: Any, tmp_path: Path) -> None:
    outcome = bring_in(jsonl(tmp_path / "a.jsonl", [{"id": "X", "title": "Chỉ có tên"}]), org, publish=True)
    made = listing("X")
    assert outcome.published == 1 and made.state == "published" and made.published_at is not None
    revision = made.published_revision
    assert revision is not None and revision.state == "approved" and revision.trl is None and revision.pricing_mode == ""
    assert actions_of(made) == ["listing.create", "listing.import_publish", "listing.publish"]
    assert list(broken_links()) == []


def test_the_same_file_again_changes_nothing(org: Any, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    bring_in(path, org, publish=True)
    before = count(Event)
    again = bring_in(path, org, publish=True)
    assert (again.created, again.updated, again.unchanged, again.published) == (0, 0, 3, 0)
    assert count(Event) == before and count(ListingRevision) == 3


def test_a_changed_record_gets_a_new_version(org: Any, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    bring_in(path, org, publish=True)
    first = listing("T-1").published_at
    changed = jsonl(tmp_path / "b.jsonl", [{**LISTINGS[0], "description": "Áp lực rất thấp."}, *LISTINGS[1:]])
    outcome = bring_in(changed, org, publish=True)
    assert (outcome.updated, outcome.unchanged, outcome.published) == (1, 2, 1)
    made = listing("T-1")
    assert [(r.number, r.state) for r in made.revisions] == [(1, "superseded"), (2, "approved")]
    assert made.published_revision is not None and made.published_revision.public_summary == "Áp lực rất thấp."
    assert made.published_at == first
    assert actions_of(made)[-2:] == ["listing.start_revision", "listing.import_publish"]


def test_a_change_without_publish_waits_as_a_draft_beside_the_published_text(org: Any, tmp_path: Path) -> None:
    bring_in(jsonl(tmp_path / "a.jsonl", LISTINGS), org, publish=True)
    changed = jsonl(tmp_path / "b.jsonl", [{**LISTINGS[0], "title": "Màng lọc kiểu mới"}])
    assert bring_in(changed, org).drafts == 1
    made = listing("T-1")
    assert made.published_revision is not None and made.published_revision.title == LISTINGS[0]["title"]
    assert made.revisions[-1].title == "Màng lọc kiểu mới"
    assert bring_in(changed, org).unchanged == 1
    published = bring_in(changed, org, publish=True)
    assert published.published == 1 and listing("T-1").published_revision.title == "Màng lọc kiểu mới"  # type: ignore[union-attr]


def test_a_draft_is_replaced_in_place(org: Any, tmp_path: Path) -> None:
    bring_in(jsonl(tmp_path / "a.jsonl", LISTINGS), org)
    outcome = bring_in(jsonl(tmp_path / "b.jsonl", [{**LISTINGS[0], "keywords": ["lọc"]}]), org)
    made = listing("T-1")
    assert outcome.updated == 1 and len(made.revisions) == 1 and made.revisions[0].tags == ["lọc"]
    assert actions_of(made) == ["listing.create", "listing.save"]


def test_what_a_person_edited_is_left_alone(org: Any, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    bring_in(path, org)
    person = factories.user()
    factories.member(person, org)
    revision = listing("T-1").revisions[0]
    authoring.save(KIND, revision, {"title": "Tên do người sửa"}, factories.actor_of(person, org), revision.lock)
    db.session.commit()
    outcome = bring_in(path, org, publish=True)
    assert outcome.rejected == {"being_edited": 1} and outcome.published == 2
    made = listing("T-1")
    assert made.state == "draft" and made.revisions[0].title == "Tên do người sửa" and not made.revisions[0].imported


def test_what_a_person_published_since_is_left_alone(org: Any, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    bring_in(path, org, publish=True)
    person = factories.user()
    factories.member(person, org)
    actor = factories.actor_of(person, org)
    revision = authoring.start_revision(KIND, listing("T-1"), actor)
    authoring.save(KIND, revision, {"tags": ["do người sửa"], "contact_name": "Bà Hoa", "contact_email": "hoa@example.vn",
                                    "object_kinds": ["machinery", "process"]}, actor, revision.lock)
    thing = listing("T-1")
    thing.revisions[0].state, thing.revisions[1].state = "superseded", "approved"
    thing.published_revision = thing.revisions[1]
    db.session.commit()
    changed = jsonl(tmp_path / "b.jsonl", [{**LISTINGS[0], "description": "Khác hẳn."}])
    assert bring_in(path, org, publish=True).unchanged == 3
    assert bring_in(changed, org, publish=True).rejected == {"edited_since": 1}
    assert listing("T-1").published_revision.tags == ["do người sửa"]  # type: ignore[union-attr]


def test_a_thing_in_another_state_is_left_alone(org: Any, tmp_path: Path) -> None:
    bring_in(jsonl(tmp_path / "a.jsonl", LISTINGS), org, publish=True)
    made = listing("T-1")
    made.state = "suspended"
    db.session.commit()
    outcome = bring_in(jsonl(tmp_path / "b.jsonl", [{**LISTINGS[0], "title": "Khác"}, LISTINGS[1]]), org, publish=True)
    assert outcome.rejected == {"wrong_state": 1} and outcome.unchanged == 1
    assert listing("T-1").state == "suspended"


def test_repeats_within_a_file_are_told(org: Any, tmp_path: Path) -> None:
    rows = [*LISTINGS, LISTINGS[0], {**LISTINGS[1], "title": "Another text"}]
    outcome = bring_in(jsonl(tmp_path / "a.jsonl", rows), org)
    assert outcome.created == 3 and outcome.duplicates == 1 and outcome.rejected == {"repeated_id": 1}
    assert listing("T-2").revisions[0].title == LISTINGS[1]["title"]
    assert outcome.read == outcome.created + outcome.duplicates + outcome.rejected.total()


def test_without_an_identifier_the_title_is_one(org: Any, tmp_path: Path) -> None:
    rows = [{"title": "Máy sấy"}, {"title": "Máy sấy", "description": "khác"}, {"title": "MÁY SẤY"}, {"title": "Máy sấy"}]
    path = jsonl(tmp_path / "a.jsonl", rows)
    outcome = bring_in(path, org)
    assert outcome.created == 3 and outcome.duplicates == 1
    assert bring_in(path, org).unchanged == 3


def test_the_same_identifier_of_another_owner_is_another_thing(org: Any, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    bring_in(path, org)
    assert bring_in(path, factories.organisation("Công ty khác")).created == 3
    assert count(Listing) == 6


def test_a_dry_run_changes_nothing_and_says_the_same(org: Any, tmp_path: Path) -> None:
    past = (clock.today() - timedelta(days=3)).isoformat()
    rows = [{"id": "1", "title": "Cần máy sấy", "closes": past}, {"id": "2", "title": "Cần bơm"}, {"id": "3"}]
    path = jsonl(tmp_path / "a.jsonl", rows)
    before = {model: count(model) for model in (BuyerRequest, Event, Outbox)}
    dry = try_out(path, org, "requests", publish=True)
    assert {model: count(model) for model in before} == before
    wet = bring_in(path, org, "requests", publish=True)
    boxes = [{k: v for k, v in outcome.as_box().items() if k != "seconds"} for outcome in (dry, wet)]
    assert boxes[0] == boxes[1] and wet.expired == 1 and wet.published == 2


def test_a_need_whose_deadline_has_passed_is_published_as_expired(org: Any, tmp_path: Path) -> None:
    past, ahead = ((clock.today() + timedelta(days=days)).isoformat() for days in (-3, 30))
    rows = [{"id": "old", "title": "Cần máy sấy", "closes": past}, {"id": "new", "title": "Cần bơm", "closes": ahead},
            {"id": "open", "title": "Cần quạt"}]
    bring_in(jsonl(tmp_path / "a.jsonl", rows), org, "requests", publish=True)
    needs = {need.external_id: need for need in db.session.scalars(select(BuyerRequest))}
    assert {key: need.state for key, need in needs.items()} == {"old": "expired", "new": "open", "open": "open"}
    assert needs["open"].answer_deadline is None
    assert actions_of(needs["old"]) == ["need.create", "need.import_publish", "need.publish", "need.expire"]
    rows[0]["closes"] = ahead
    bring_in(jsonl(tmp_path / "b.jsonl", rows), org, "requests", publish=True)
    db.session.expire_all()
    assert needs["old"].state == "open" and needs["old"].answer_deadline.isoformat() == ahead  # type: ignore[union-attr]


def test_only_a_verified_owner_is_published_for_and_never_by_its_own_people(ctx: Flask, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    draft = factories.organisation("Mới lập", state="draft")
    with pytest.raises(Invalid, match="not verified"):
        bring_in(path, draft, publish=True)
    assert bring_in(path, draft).drafts == 3
    own = factories.organisation("Của mình")
    person = factories.user(staff=("moderator",))
    with pytest.raises(NotAllowed):
        bring_in(path, own, actor=factories.actor_of(person, own), publish=True)


def test_every_record_reaches_the_consumers_of_its_events(org: Any, tmp_path: Path) -> None:
    register_consumer(Consumer("test-import", lambda action: action == "listing.publish", lambda rows: None))
    try:
        bring_in(jsonl(tmp_path / "a.jsonl", LISTINGS), org, publish=True)
    finally:
        del CONSUMERS["test-import"]
    waiting = db.session.scalars(select(Outbox).where(Outbox.consumer == "test-import")).all()
    assert len(waiting) == 3 and all(row.event_id for row in waiting)


def test_an_error_in_the_middle_leaves_nothing(org: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PART", 2)
    prepared = ready(jsonl(tmp_path / "a.jsonl", LISTINGS))

    def failing() -> Any:
        yield from list(prepared.records())[:2]
        assert count(Listing) == 2  # the first part is written, where nobody sees it
        raise OSError("the disk went away")

    run, _claim = import_runs.begin_command("listings", org, SYSTEM, tmp_path / "a.jsonl", "", publish=True, mapping={})
    with pytest.raises(OSError, match="disk"):
        import_runs.carry_out(run, SYSTEM, failing(), "en", lambda _done: None)
    db.session.rollback()
    assert count(Listing) == 0 and count(Event) == 0


def test_many_batches_are_one_import(org: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PART", 7)
    monkeypatch.setattr(importing, "BATCH", 7)
    seen: list[int] = []
    path = jsonl(tmp_path / "a.jsonl", [{"id": str(n), "title": f"Bơm số {n}"} for n in range(40)])
    outcome = bring_in(path, org, publish=True, progress=seen.append)
    assert outcome.created == 40 and seen[-1] == 40 and len(seen) == 6
    codes = sorted(db.session.scalars(select(Listing.code)))
    assert len(set(codes)) == 40 and list(broken_links()) == []


def test_a_consumer_that_rereads_gets_one_row_per_record(org: Any, tmp_path: Path) -> None:
    def wants(action: str) -> bool:
        return action.startswith("listing.")

    register_consumer(Consumer("test-all", wants, lambda rows: None))
    register_consumer(Consumer("test-reader", wants, lambda rows: None, rereads=True))
    try:
        bring_in(jsonl(tmp_path / "a.jsonl", LISTINGS), org, publish=True)
    finally:
        del CONSUMERS["test-all"], CONSUMERS["test-reader"]
    rows = db.session.scalars(select(Outbox.consumer)).all()
    assert (rows.count("test-all"), rows.count("test-reader")) == (9, 3)
