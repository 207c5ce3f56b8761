"""The buyer's journey on the web: written step by step, submitted, moderated, revised while the old version stays."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from flask.testing import FlaskClient

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.extensions import db
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import days, six_clear

VN = "%d/%m/%Y"
TITLE = "Dự báo ngập theo tuyến phố trước một giờ"


def steps() -> dict[str, dict[str, Any]]:
    """What a person types, step by step."""
    box = six_clear()
    box["start"], box["due"] = days(40).strftime(VN), days(200).strftime(VN)
    return {
        "problem": {
            "kind": "agency_problem", "title": TITLE, "summary": "Cần dự báo ngập cho 200 điểm trong nội đô.",
            "context": "Mùa mưa có 38 điểm ngập.", "current_state": "Báo cáo chậm 30 phút.", "language": "vi",
            "title_en": "Street-level flood forecasting", "summary_en": "Forecasts for 200 points.",
        },
        "result": {
            "target_result": "Dự báo trước 60 phút.", "target_measures-0-name": "Thời gian báo trước",
            "target_measures-0-baseline": "0", "target_measures-0-target": "60", "target_measures-0-unit": "phút",
            "target_measures-1-name": "", "target_measures-1-baseline": "", "target_measures-1-target": "",
            "target_measures-1-unit": "", "constraints_technical": "", "constraints_legal": "Dữ liệu ở Việt Nam.",
            "constraints_environment": "", "data_available": "Mưa 10 phút từ 2018.",
            "field_codes": ["1", "2"], "hanoi_priority_field": "smart_city", "tags": "ngập, dự báo; mưa", "trl_min": "6",
            "trl_max": "9",
        },
        "terms": {
            "budget_min": "500 triệu", "budget_max": "1,5 tỷ", "budget_note": "", "cooperation_forms": ["buy", "pilot"],
            "transfer_forms": ["independent"], "answer_deadline": days(30).strftime(VN), "start_on": "", "end_on": "",
            "province_code": "01", "ward_code": "",
            "contact_name": "Lê Thị Hoa", "contact_email": "hoa@nhuom.example.vn", "contact_phone": "0912",
            "source_url": "",
            "criteria-0-name": "Độ chính xác", "criteria-0-weight": "60", "criteria-1-name": "Chi phí",
            "criteria-1-weight": "40",
            **{f"criteria-{row}-{name}": "" for row in (2, 3) for name in ("name", "weight")},
            "visibility": "public", "invited_org_ids": "", "confidential_detail": "Mật",
        },
        "six-clear": {f"six_clear-{key}": value for key, value in box.items()},
    }


def begin(client: FlaskClient, title: str = TITLE) -> str:
    answer = client.post("/my/needs/new", data={"title": title})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].split("/")[3]


def lock(scene: Scene, code: str) -> int:
    with scene.app.app_context():
        rows = db.session.query(NeedRevision).join(NeedRevision.buyer_request).filter(BuyerRequest.code == code)
        return rows.order_by(NeedRevision.number.desc()).first().lock


def fill(scene: Scene, client: FlaskClient, code: str) -> None:
    for step, data in steps().items():
        answer = client.post(f"/my/needs/{code}/edit/{step}", data={**data, "lock": lock(scene, code), "go": "next"})
        assert answer.status_code == 302, f"{step}: {answer.text}"


def stored(scene: Scene, code: str) -> NeedRevision:
    with scene.app.app_context():
        need = db.session.query(BuyerRequest).filter_by(code=code).one()
        revision = need.revisions[-1]
        _ = (need.state, need.published_revision, need.invitations, revision.buyer_request)
        return revision


def approve(scene: Scene, code: str) -> None:
    with scene.app.app_context():
        need = db.session.query(BuyerRequest).filter_by(code=code).one()
        scene.cast.publish(need.revisions[-1])


def test_a_need_is_written_submitted_and_opened(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    first = client.get(f"/my/needs/{code}/edit/problem").text
    assert "Còn thiếu để gửi duyệt" in first
    fill(scene, client, code)
    revision = stored(scene, code)
    assert revision.target_measures == [
        {"name": "Thời gian báo trước", "baseline": "0", "target": "60", "unit": "phút"}
    ]
    assert revision.criteria == [{"name": "Độ chính xác", "weight": 60}, {"name": "Chi phí", "weight": 40}]
    assert (revision.budget_min, revision.budget_max) == (500_000_000, 1_500_000_000)
    assert revision.tags == ["ngập", "dự báo", "mưa"]
    assert (revision.trl_min, revision.trl_max, revision.answer_deadline) == (6, 9, days(30))
    assert revision.six_clear == six_clear()
    review = client.get(f"/my/needs/{code}/review").text
    assert "1.500.000.000" in review
    answer = client.post(f"/my/needs/{code}/submit", data={"lock": lock(scene, code)})
    assert answer.status_code == 302
    assert stored(scene, code).state == "submitted"
    assert stored(scene, code).review_due_at is not None
    assert scene.client().get(f"/needs/{code}").status_code == 404
    approve(scene, code)
    page = scene.client().get(f"/needs/{code}", follow_redirects=True).text
    assert TITLE in page
    assert "Sở Tài nguyên Xanh" in page
    assert "Street-level flood forecasting" in scene.client("", "en").get(f"/needs/{code}", follow_redirects=True).text


def test_a_new_version_waits_while_the_old_one_stays_visible(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    fill(scene, client, code)
    client.post(f"/my/needs/{code}/submit", data={"lock": lock(scene, code)})
    approve(scene, code)
    assert client.post(f"/my/needs/{code}/revise").status_code == 302
    data = {**steps()["problem"], "title": "Dự báo ngập theo ô phố trước hai giờ", "lock": lock(scene, code)}
    assert client.post(f"/my/needs/{code}/edit/problem", data=data).status_code == 302
    client.post(f"/my/needs/{code}/submit", data={"lock": lock(scene, code)})
    assert stored(scene, code).state == "submitted"
    old = scene.client().get(f"/needs/{code}", follow_redirects=True).text
    assert TITLE in old
    assert "hai giờ" not in old
    approve(scene, code)
    answer = scene.client().get(f"/needs/{code}", follow_redirects=True)
    assert "hai giờ" in answer.text
    assert answer.request.path.endswith("du-bao-ngap-theo-o-pho-truoc-hai-gio")


def test_rejecting_a_version_touches_nothing_else(scene: Scene) -> None:
    with scene.app.app_context():
        cast = scene.cast
        need = cast.published(kind="order", six_clear=six_clear())
        revision = authoring.start_revision(KIND, need, cast.buyer)
        authoring.save(KIND, revision, {"title": "Tên khác hẳn của nhu cầu"}, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, revision.created_at)
        authoring.moderate(KIND, revision, "claim", cast.moderator)
        authoring.moderate(KIND, revision, "reject", cast.moderator, reason_code="problem_unclear", reason="Chưa rõ.")
        assert (need.state, need.published_revision.number, revision.state) == ("open", 1, "rejected")
        again = authoring.start_revision(KIND, need, cast.buyer)
        assert (again.number, again.title) == (3, need.published_revision.title)


def test_a_change_of_contacts_or_invitations_needs_no_review(scene: Scene) -> None:
    with scene.app.app_context():
        cast = scene.cast
        need = cast.published(kind="order", six_clear=six_clear())
        revision = authoring.start_revision(KIND, need, cast.buyer)
        changes = {"contact_phone": "024 1234 5678", "invited_org_ids": [cast.invited_org.id]}
        authoring.save(KIND, revision, changes, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, revision.created_at)
        assert revision.state == "approved"
        assert need.published_revision is revision
        assert [one.organisation_id for one in need.invitations] == [cast.invited_org.id]


def test_two_tabs_one_winner_and_nothing_typed_is_lost(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    opened = lock(scene, code)
    data = steps()["problem"]
    assert client.post(f"/my/needs/{code}/edit/problem", data={**data, "lock": opened}).status_code == 302
    late = client.post(f"/my/needs/{code}/edit/problem", data={**data, "context": "Chữ của cửa sổ thứ hai", "lock": opened})
    assert late.status_code == 409
    assert "Chữ của cửa sổ thứ hai" in late.text
    assert stored(scene, code).context == data["context"]


def test_a_double_submission_is_one_submission(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    fill(scene, client, code)
    opened = lock(scene, code)
    assert client.post(f"/my/needs/{code}/submit", data={"lock": opened}).status_code == 302
    assert client.post(f"/my/needs/{code}/submit", data={"lock": opened}).status_code == 409
    assert stored(scene, code).state == "submitted"


def test_an_incomplete_need_is_not_submitted_and_says_what_is_missing(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    answer = client.post(f"/my/needs/{code}/submit", data={"lock": lock(scene, code)})
    assert answer.status_code == 422
    assert f"/my/needs/{code}/edit/result#target_measures" in answer.text
    assert stored(scene, code).state == "draft"


def test_decomposed_text_is_stored_composed_and_control_characters_fall_out(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    typed = unicodedata.normalize("NFD", "Xử lý nước thải\x00 đô thị\u202e ở Đống Đa")
    data = {**steps()["problem"], "title": typed, "lock": lock(scene, code)}
    assert client.post(f"/my/needs/{code}/edit/problem", data=data).status_code == 302
    assert stored(scene, code).title == "Xử lý nước thải đô thị ở Đống Đa"


def test_bad_input_is_refused_with_a_message_and_kept(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    before = lock(scene, code)
    bad: list[tuple[str, dict[str, Any], str]] = [
        ("problem", {"title": "a" * 301}, "a" * 301),
        ("problem", {"kind": "made_up"}, "made_up"),
        ("terms", {"budget_min": "1.5"}, "1.5"),
        ("terms", {"budget_max": "rất nhiều"}, "rất nhiều"),
        ("terms", {"answer_deadline": "31/02/2027"}, "31/02/2027"),
        ("terms", {"answer_deadline": "mai"}, "mai"),
        ("terms", {"criteria-0-name": "Giá", "criteria-0-weight": "nhiều"}, "nhiều"),
        ("terms", {"criteria-0-name": "Giá", "criteria-0-weight": "-5"}, "-5"),
        ("terms", {"criteria-0-name": "", "criteria-0-weight": "50"}, "50"),
        ("result", {"target_measures-0-name": "COD", "target_measures-0-target": "", "target_measures-0-unit": ""}, "COD"),
        ("six-clear", {"six_clear-start": "ngày kia"}, "ngày kia"),
        ("terms", {"contact_email": "không phải thư"}, "không phải thư"),
        ("terms", {"source_url": "javascript:alert(1)"}, "javascript:alert(1)"),
    ]
    for step, changes, kept in bad:
        answer = client.post(f"/my/needs/{code}/edit/{step}", data={**steps()[step], **changes, "lock": before})
        assert answer.status_code == 422, f"{step} {changes}: {answer.status_code}"
        assert "error-summary" in answer.text
        assert step != "six-clear" or answer.text.count("Hãy nhập ngày") >= 2  # in the summary and at its field
        if kept != "made_up":
            assert kept in answer.text, f"{step} {changes} was lost"
    assert lock(scene, code) == before


def test_what_people_write_is_never_markup(scene: Scene) -> None:
    nasty = "<script>alert(1)</script> **đậm** [bấm](javascript:alert(2)) <img src=x onerror=alert(3)>"
    rows = [{"name": nasty, "baseline": nasty, "target": nasty, "unit": nasty}]
    code = scene.make(lambda cast: cast.published(
        kind="order", six_clear=six_clear(task=f"Làm {nasty}"), title=f"Tên {nasty}", context=nasty, summary=nasty,
        target_measures=rows, budget_note=nasty, criteria=[{"name": nasty, "weight": 100}], tags=[nasty]))
    for path in (f"/needs/{code}", f"/my/needs/{code}/review", "/my/needs"):
        page = scene.client("buyer").get(path, follow_redirects=True).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert 'href="javascript' not in page, path
    data = json.loads(scene.client().get(f"/needs/{code}.jsonld").text)
    assert data["name"] == f"Tên {nasty}"


def test_rows_are_added_and_removed_without_saving_or_javascript(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    data = {**steps()["terms"], "lock": lock(scene, code)}
    added = client.post(f"/my/needs/{code}/edit/terms", data={**data, "add-criteria": "1"})
    assert added.status_code == 200
    assert 'name="criteria-4-name"' in added.text
    removed = client.post(f"/my/needs/{code}/edit/terms", data={**data, "remove-criteria-0": "1"})
    assert "Độ chính xác" not in removed.text
    assert "Chi phí" in removed.text
    assert len(stored(scene, code).criteria) == 4, "those that a new need begins with"


def test_drafts_are_saved_in_the_background_as_far_as_they_are_valid(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    data = {**steps()["terms"], "budget_min": "nhiều", "lock": lock(scene, code)}
    answer = client.post(
        f"/my/needs/{code}/edit/terms", data=data, headers={"X-Requested-With": "autosave", "Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json["lock"] == lock(scene, code)
    assert "budget_min" in answer.json["errors"]
    revision = stored(scene, code)
    assert (revision.budget_min, revision.budget_max) == (None, 1_500_000_000)


def test_an_unverified_organisation_drafts_but_does_not_submit(scene: Scene) -> None:
    with scene.app.app_context():
        db.session.merge(scene.cast.org).state = "submitted"
        db.session.commit()
    client = scene.client("buyer")
    code = begin(client)
    fill(scene, client, code)
    assert client.post(f"/my/needs/{code}/submit", data={"lock": lock(scene, code)}).status_code == 403
    assert stored(scene, code).state == "draft"


def test_a_draft_is_deleted_and_gone(scene: Scene) -> None:
    client = scene.client("buyer")
    code = begin(client)
    assert client.post(f"/my/needs/{code}/delete", data={"lock": lock(scene, code)}).status_code == 302
    assert client.get(f"/my/needs/{code}/review").status_code == 404
    assert code not in client.get("/my/needs").text


def test_withdrawing_a_need_drops_its_version_on_the_way(scene: Scene) -> None:
    with scene.app.app_context():
        cast = scene.cast
        need = cast.published(kind="order", six_clear=six_clear())
        revision = authoring.start_revision(KIND, need, cast.buyer)
        authoring.save(KIND, revision, {"title": "Tên mới của nhu cầu này"}, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, revision.created_at)
        db.session.commit()
        code = need.code
    client = scene.client("buyer")
    assert client.post(f"/needs/{code}/move/withdraw", data={"reason": " "}).status_code == 422
    assert client.post(f"/needs/{code}/move/withdraw", data={"reason": "Đã tự làm được."}).status_code == 302
    revision = stored(scene, code)
    assert (revision.state, revision.buyer_request.state) == ("deleted", "withdrawn")
    assert scene.client().get(f"/needs/{code}").status_code == 404
    assert "Đã tự làm được." in client.get(f"/needs/{code}", follow_redirects=True).text


def test_the_deadline_is_extended_on_the_page_and_a_wrong_day_is_kept(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    client = scene.client("buyer")
    for typed in ("01/01/2020", "hôm nào đó", ""):
        answer = client.post(f"/needs/{code}/move/extend", data={"answer_deadline": typed})
        assert answer.status_code == 422, typed
        assert f'value="{typed}"' in answer.text
    new = days(60).strftime(VN)
    answer = client.post(f"/needs/{code}/move/extend", data={"answer_deadline": new}, follow_redirects=True)
    assert answer.status_code == 200
    assert new in answer.text
    assert client.post(f"/needs/{code}/move/publish", data={}).status_code == 404
