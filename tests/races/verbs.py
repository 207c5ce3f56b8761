"""Every verb that a form sends, with what a person would write into it, so that it has its effect."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.answers.models import Answer
from marketplace.buyer_requests.models import NeedRevision
from marketplace.core.extensions import db
from marketplace.listings.models import ListingRevision
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests.bad_input.routes import ROUTES, Route
from tests.deals.test_signing import PDF
from tests.factories import PASSWORD
from tests.files.samples import picture
from tests.moderation.factories import decision
from tests.races.yard import Yard

WHY = "Chúng tôi đã cân nhắc kỹ và thấy chưa phù hợp lúc này."
Text = str | Callable[[Yard], str]
Said = dict[str, Text] | Callable[[Yard], dict[str, Text]]  # lazily where a registry of the application is asked


@dataclass(frozen=True)
class Verb:
    """A form that somebody sends: the row of the table of forms, what is written into it, and its files."""

    name: str
    route: Route
    said: Said = field(default_factory=dict)
    files: dict[str, tuple[str, Callable[[], bytes]]] = field(default_factory=dict)

    def by(self, who: str) -> Verb:
        """Return the same verb pressed by somebody else who may."""
        return replace(self, route=replace(self.route, who=who))

    def data(self, world: Yard, form: Any) -> Any:
        """Return what a browser would send, with streams of its own."""
        form = form.copy()
        for name, value in (self.said(world) if callable(self.said) else self.said).items():
            form[name] = value(world) if callable(value) else value
        for name, (called, content) in self.files.items():
            form[name] = (io.BytesIO(content()), called)
        return form


def _pdf() -> bytes:
    return PDF


def _days(count: int) -> str:
    return clock.format_date(clock.today() + timedelta(days=count))


def _decision(kind: str, action: str) -> dict[str, Text]:
    made = decision(kind, action)
    return {f"check_{code}": answer for code, answer in made.checklist.items()} | {
        "action": action, "reason_code": made.reason_code, "text": made.text, "control_class": made.control_class}


def _lock(table: Any, row: Callable[[Yard], int]) -> Callable[[Yard], str]:
    """Return what the page of a row shows as its version."""
    return lambda world: str(db.session.scalar(select(table.lock).where(table.id == row(world))))


#: What is written into the forms of the table, by their names there; the others have all they need.
SAID: dict[str, Said] = {
    "listings.new": {"title": "Máy sấy bơm nhiệt cho dược liệu"},
    "listings.enquire-text": {"text": "Công nghệ này dùng được cho nước lợ không?"},
    "buyer_requests.new": {"title": "Cần giảm mùi ở bãi rác"},
    "buyer_requests.enquire-text": {"text": "Lưu lượng tối đa mỗi giờ là bao nhiêu?"},
    "buyer_requests.move-answer_deadline": {"answer_deadline": _days(70)},
    "buyer_requests.move-reason": {"reason": WHY},
    "negotiation.post_message-text": {"text": "Xin gửi bảng thông số nước thải."},
    "negotiation.complain": {"kind": "conduct", "text": "Bên kia không trả lời trong ba tuần liền."},
    "negotiation.interest": {"text": "Chúng tôi muốn tìm hiểu công nghệ này."},
    "answers.edit": {"summary": "Chúng tôi có công nghệ phù hợp với nhu cầu này.", "targets-0-value": "55"},
    "answers.send": {"lock": _lock(Answer, lambda w: w.answer.id)},
    "answers.give_points-rows-0-points": {"rows-0-points": "7", "rows-0-comment": "Có số liệu đo."},
    "answers.add_note-text": {"text": "Nên đến xem dây chuyền."},
    "answers.judge-reason_code": {"reason_code": "price", "reason": WHY},
    "answers.move-reason_code": {"reason_code": "no_capacity", "reason": WHY},
    "negotiation.move-text": {"text": "Công suất mong muốn là bao nhiêu?"},
    "negotiation.move-reason_code": {"reason_code": "price", "reason": WHY},
    "negotiation.new_terms": {"territory": "Hà Nội", "note": "Chỉ trong thành phố."},
    "negotiation.answer_terms-reason": {"reason": WHY},
    "deals.write_contract-contract_no": {"contract_no": "09/HĐ"},
    "deals.signature": {"signer_position": "Viện trưởng", "method": "paper_scan"},
    "deals.make_move-reason_code": {"reason": WHY},
    "deals.answer_ending-reason": {"reason": WHY},
    "deals.answer_milestone-reason": {"reason": WHY},
    "deals.deliver": {"note": "Đã bàn giao đủ tài liệu."},
    "deals.acceptance": {"minutes_no": "05/BBNT", "result": "Asen sau lọc 6 µg/l, đạt.", "value_realised": "1,15 tỷ"},
    "deals.add_file-role": {"role": "delivery", "caption": "Biên bản"},
    "deals.choose_publicity-publicity": {"publicity": "value"},
    "deals.set_officer": {"officer": lambda w: str(w.officer.id)},
    "moderation.decide-text": lambda _world: _decision("listing", "reject"),
    "moderation.sanction-reason": {"reason_code": "rights_dispute", "reason": WHY},
    "moderation.set_day-day": {"day": _days(40), "note": "Nghỉ bù"},
    "matching.set_weights-note": {"text": "45", "field": "12", "note": "Lĩnh vực quan trọng hơn."},
    "pages.edit_text": {"title": "Giới thiệu", "body": "Sàn giao dịch công nghệ."},
    "accounts.grant_role-reason": {"email": lambda w: w.founder.email, "role": "auditor", "reason": "Phụ trách kiểm toán"},
    "organisations.create": {"kind": "enterprise", "name": "Công ty Vừa Lập"},
    "organisations.edit-street": {"street": "18 Hoàng Quốc Việt"},
    "organisations.member-roles": {"roles": "editor"},
    "organisations.invite-email": {"email": "khach@example.vn", "roles": "editor"},
    "organisations.documents-caption": {"kind": "registration", "caption": "Giấy phép"},
    "accounts.change_profile-name": {"name": "Hồ Thị Lan Anh"},
    "accounts.close": {"password": PASSWORD},
    "security.change_password": {"password": PASSWORD, "new_password": "Mot-cau-dai-khac-2027",
                                 "new_password_confirm": "Mot-cau-dai-khac-2027"},
    "security.forgot_password": {"email": lambda w: w.founder.email},
    "security.register": {"name": "Bùi Văn Mới", "email": "moi.bui@example.vn", "password": "Mot-cau-dai-khac-2027",
                          "password_confirm": "Mot-cau-dai-khac-2027", "terms": "y"},
}
for _step, _field, _value in (
    ("listings.edit-title", "title", "Màng lọc đổi tên"),
    ("listings.edit-problem_solved", "problem_solved", "Nước nhiễm mặn."),
    ("listings.edit-trl", "trl", "8"), ("buyer_requests.edit-summary", "summary", "Cần công nghệ khác hẳn lần trước."),
    ("buyer_requests.edit-budget_min", "budget_min", "600 triệu"),
):
    SAID[_step] = {_field: _value}
_ROLE = {"role": "image", "tier": "public", "caption": "Ảnh khác"}
FILES: dict[str, dict[str, tuple[str, Callable[[], bytes]]]] = {
    "listings.edit-caption": {"file": ("ảnh.png", lambda: picture(size=(50, 41)))},
    "buyer_requests.edit-caption": {"file": ("ảnh.png", lambda: picture(size=(50, 41)))},
    "deals.signature": {"file": ("hợp đồng.pdf", _pdf)},
    "deals.acceptance": {"minutes": ("biên bản.pdf", _pdf), "evidence": ("kết quả.pdf", lambda: PDF + b"\n%2")},
    "answers.add_file-about": {"file": ("bằng chứng.pdf", _pdf)},
    "deals.add_file-role": {"file": ("ghi chú.pdf", _pdf)},
    "organisations.documents-caption": {"file": ("giấy.pdf", _pdf)},
    "importing.upload": {"file": ("bảng.csv", lambda: "title\nMột công nghệ khác\n".encode())},
}
#: Forms that do nothing here: their secret is made anew for each, and what is tried at once of them is elsewhere.
ELSEWHERE = {
    "listings.confirm_all": "nothing here is old enough to be confirmed",
    "buyer_requests.withdraw": "this draft is not submitted; listings have the same verb",
    "organisations.submit": "the founder's organisation is not complete; see organisation submit below",
    "organisations.withdraw": "it is not submitted; see organisation withdraw below",
    "accounts.reopen": "a link that is forged",
    "web.confirm_reading": "it only leads on",
    "negotiation.introduce": "technology and need are of one organisation here",
    "negotiation.introduce_pair": "the same; see tests/negotiation/test_pairs_at_once.py",
    "matching.invite": "the same; see tests/negotiation/test_pairs_at_once.py",
    "importing.start": "its file is not read yet: tests/importing/test_who_goes_on.py",
}
ELSEWHERE |= {route.name: "tests/accounts/test_at_once.py, tests/accounts/test_second_step.py" for route in ROUTES
              if route.endpoint.startswith("security.") and route.name not in SAID}
ELSEWHERE |= {route.name: "tests/core/test_proposals.py, tests/payments" for route in ROUTES
              if route.endpoint.startswith(("payments.", "proposals."))}
#: Each time is meant: sent again it is done again, by the table of forms too.
EACH_TIME = {route.name for route in ROUTES if not route.once} | {"security.forgot_password"}

#: Binds nobody and tells nobody: tried with TESTS=all only.
FREE = {route.name for route in ROUTES if route.few or route.endpoint in {"listings.edit", "buyer_requests.edit"}} - {
    "listings.edit-title", "listings.edit-caption", "buyer_requests.edit-summary", "accounts.close", "security.register"}
FREE |= {"organisations.edit-tax_code", "organisations.edit-website", "organisations.edit-phone", "organisations.act_for",
         "listings.enquire-text", "importing.columns", "work.retry", "notifications.read_all", "saved_searches.off",
         "listings.confirm_asked"}

LISTED = tuple(Verb(route.name, route, SAID.get(route.name, {}), FILES.get(route.name, {})) for route in ROUTES
               if route.name not in ELSEWHERE)


def _press(name: str, who: str, path: Callable[[Yard], str], said: Said | None = None,
           files: dict[str, tuple[str, Callable[[], bytes]]] | None = None) -> Verb:
    return Verb(name, Route(name, who, path=path, holding="press"), said or {}, files or {})


def _deal(action: str, state: str, who: str = "stranger", said: dict[str, Text] | None = None) -> Verb:
    return _press(f"deal {action}", who,
                  lambda w: f"/deals/{w.market.deal(state)}/moves/{action}?seen={state}", said)


def _decide(kind: str, action: str, thing: Callable[[Yard], int]) -> Verb:
    table = {"listing": ListingRevision, "need": NeedRevision, "organisation": Organisation}[kind]
    said: Said = lambda _world: {**_decision(kind, action), "lock": _lock(table, thing)}  # noqa: E731  # one of the table
    return _press(f"{kind} {action}", "moderator", lambda w: f"/moderation/{kind}/{thing(w)}/decide", said)


def _sanction(name: str, kind: str, action: str, thing: Callable[[Yard], int]) -> Verb:
    return _press(name, "moderator", lambda w: f"/moderation/things/{kind}/{thing(w)}/{action}",
                  {"reason_code": "complaint", "reason": WHY})


BECAUSE: dict[str, Text] = {"reason": WHY}
PRESSED = (
    _press("lead accept", "owner", lambda w: f"/leads/{w.lead.code}/moves/accept", {"lock": "contacted"}),
    _press("lead withdraw", "stranger", lambda w: f"/leads/{w.lead.code}/moves/withdraw",
           {"lock": "contacted", "reason_code": "changed_mind", "reason": WHY}),
    _press("lead withdraw while talking", "stranger", lambda w: f"/leads/{w.talks.code}/moves/withdraw",
           {"lock": "negotiating", "reason_code": "changed_mind", "reason": WHY}),
    _press("terms withdraw", "stranger", lambda w: f"/leads/{w.talks.code}/terms/1/withdraw"),
    *(_press(f"complaint {action}", who, lambda w, a=action: f"/complaints/{w.taken_up.code}/moves/{a}", BECAUSE)
      for action, who in (("ask_party", "officer"), ("escalate", "officer"), ("resolve", "officer"),
                          ("withdraw", "owner"))),
    _press("complaint triage", "officer", lambda w: f"/complaints/{w.market.complaint.code}/moves/triage"),
    _deal("renegotiate", "terms_agreed", said=BECAUSE), _deal("draft", "terms_agreed"),
    _deal("cancel", "terms_agreed", said=BECAUSE), _deal("redraft", "awaiting_signature", said=BECAUSE),
    _press("deal sign for the supplier", "owner", lambda w: f"/deals/{w.market.deal('awaiting_signature')}/signature",
           {"signer_name": "Lê Thị Hoa", "signer_position": "Giám đốc", "authority": "legal_representative",
            "method": "paper_scan", "signed_on": _days(0)}, {"file": ("hợp đồng.pdf", _pdf)}),
    _deal("begin_delivery", "effective", "owner"),
    _press("deal hand over", "owner", lambda w: f"/deals/{w.handing.code}/moves/hand_over?seen=delivering"),
    _press("deal dispute of the other", "stranger", lambda w: f"/deals/{w.handing.code}/moves/dispute?seen=delivering",
           {"reason_code": "late", "reason": WHY}),
    _deal("return_defects", "acceptance", said=BECAUSE),
    _press("deal dispute at acceptance", "owner",
           lambda w: f"/deals/{w.market.deal('acceptance')}/moves/dispute?seen=acceptance",
           {"reason_code": "quality", "reason": WHY}),
    _deal("resume_delivering", "disputed", "officer", BECAUSE),
    _press("ending agree", "stranger", lambda w: f"/deals/{w.market.deal('effective')}/ending/agree"),
    _press("ending refuse", "stranger", lambda w: f"/deals/{w.market.deal('effective')}/ending/refuse", BECAUSE),
    _press("ending withdraw", "owner", lambda w: f"/deals/{w.market.deal('effective')}/ending/withdraw"),
    _press("milestone accept", "stranger", lambda w: _milestone(w, "accept")),
    _press("milestone return", "stranger", lambda w: _milestone(w, "return"), BECAUSE),
    _decide("listing", "approve", lambda w: w.held.id), _decide("need", "approve", lambda w: w.held_need.id),
    _decide("need", "request_changes", lambda w: w.held_need.id),
    _decide("organisation", "approve", lambda w: w.held_org.id), _decide("organisation", "reject", lambda w: w.held_org.id),
    _press("organisation claim", "moderator", lambda w: f"/moderation/organisation/{w.waiting_org.id}/claim"),
    _press("organisation withdraw", "applicant", lambda w: "/my/organisation/withdraw"),
    _sanction("organisation suspend", "organisation", "suspend", lambda w: w.fine_org.id),
    _sanction("organisation suspend the owner", "organisation", "suspend", lambda w: w.org.id),
    _sanction("organisation restore", "organisation", "restore", lambda w: w.stopped_org.id),
    _sanction("organisation close", "organisation", "close", lambda w: w.stopped_org.id),
    _sanction("listing suspend", "listing", "suspend", lambda w: w.listing.id),
    _sanction("need suspend", "need", "suspend", lambda w: w.need.id),
    _press("need shortlist", "owner", lambda w: f"/needs/{w.need.code}/move/shortlist"),
    _press("file remove", "owner", lambda w: f"/my/listings/{w.draft_listing.code}/files/{w.draft_picture.id}/remove"),
    _press("account close by staff", "admin", lambda w: f"/staff/accounts/{w.founder.id}/close", BECAUSE),
    _press("role of a member", "owner", lambda w: f"/my/organisation/members/{w.joined.id}", {"roles": "editor"}),
    _press("member remove", "owner", lambda w: f"/my/organisation/members/{w.joined.id}/remove"),
    _press("member leave", "partner", lambda w: "/my/organisation/leave"),
    _press("invitation accept", "founder", lambda w: "/invitations/my-invitation"),
    _press("invitation revoke", "owner", lambda w: f"/my/organisation/invitations/{w.invited_here.id}/revoke"),
    _press("mark suggest", "moderator", lambda w: f"/matches/{w.match.id}/suggest"),
)


def _milestone(world: Yard, action: str) -> str:
    deal = world.market.deals["delivering"]
    return f"/deals/{deal.code}/milestones/{deal.milestones[0].id}/{action}"


VERBS = {verb.name: verb for verb in (*LISTED, *PRESSED)}
assert len(VERBS) == len(LISTED) + len(PRESSED), "two verbs have one name"
