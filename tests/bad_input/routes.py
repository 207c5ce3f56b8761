"""Every address that takes a form, who may send it, and the page where its form stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bad_input.world import Workshop

Place = Callable[[Workshop], str]


@dataclass(frozen=True)
class Route:
    """One form. Its fields are read from `page`; `fields` are filled in besides, or all there is without a page."""

    endpoint: str
    who: str
    page: Place | None = None
    path: Place | None = None  # without a page, or when several forms of the page lead to the same endpoint
    fields: dict[str, str] = field(default_factory=dict)
    holding: str = ""  # the form that has this input, when several lead to the same endpoint
    few: bool = False  # costly or Flask-Security's own: fewer values
    acts: bool = True  # on behalf of the organisation its page was opened for
    once: bool = True  # sending it twice leaves the second without trace
    token: bool = True  # needs the CSRF token of its page
    keeps: bool = True  # what was typed into text fields stands on the answer of 422

    @property
    def name(self) -> str:
        """Name in the test's output."""
        return f"{self.endpoint}{'-' + self.holding if self.holding else ''}"


def _steps(endpoint: str, path: str, code: Place, *steps: str) -> tuple[Route, ...]:
    return tuple(
        Route(endpoint, "owner", lambda w, s=step: f"{path}/{code(w)}/edit/{s}", holding=holding)  # type: ignore[misc]
        for step, holding in (one.split(":") for one in steps)
    )


LISTING_STEPS = ("what:title", "maturity:trl", "transfer:transfer_right", "files:caption")
NEED_STEPS = ("problem:summary", "result:target_result", "terms:budget_min", "six-clear:six_clear-person", "files:caption")

EDITING = (
    Route("listings.new", "owner", lambda w: "/my/listings/new"),
    *_steps("listings.edit", "/my/listings", lambda w: w.draft_listing.code, *LISTING_STEPS),
    Route("listings.change_file", "owner", fields={"caption": "Ảnh dây chuyền"},
          path=lambda w: f"/my/listings/{w.draft_listing.code}/files/{w.draft_picture.id}/caption"),
    Route("listings.submit", "owner", lambda w: f"/my/listings/{w.draft_listing.code}/review"),
    Route("listings.revise", "owner", path=lambda w: f"/my/listings/{w.listing.code}/revise"),
    Route("listings.withdraw", "owner", lambda w: f"/my/listings/{w.waiting.listing.code}/review"),
    Route("listings.delete", "owner", lambda w: f"/my/listings/{w.draft_listing.code}/review"),
    Route("listings.confirm_all", "owner", path=lambda w: "/my/listings/confirm-all"),
    Route("listings.confirm_asked", "visitor", lambda w: f"/my/listings/confirm/{w.token}", acts=False, once=False),
    Route("listings.enquire", "stranger", lambda w: f"/technologies/{w.listing.code}", holding="text"),
    Route("listings.move", "owner", path=lambda w: f"/technologies/{w.listing.code}/moves/unpublish",
          fields={"reason": "Tạm ngừng chuyển giao", "reason_code": "", "back": "mine"}),
    Route("buyer_requests.new", "owner", lambda w: "/my/needs/new"),
    *_steps("buyer_requests.edit", "/my/needs", lambda w: w.draft_need.code, *NEED_STEPS),
    Route("buyer_requests.change_file", "owner", fields={"caption": "Sơ đồ"},
          path=lambda w: f"/my/needs/{w.draft_need.code}/files/{w.need_file.id}/caption"),
    Route("buyer_requests.submit", "owner", lambda w: f"/my/needs/{w.draft_need.code}/review"),
    Route("buyer_requests.revise", "owner", path=lambda w: f"/my/needs/{w.need.code}/revise"),
    Route("buyer_requests.withdraw", "owner", path=lambda w: f"/my/needs/{w.draft_need.code}/withdraw"),
    Route("buyer_requests.delete", "owner", lambda w: f"/my/needs/{w.draft_need.code}/review"),
    Route("buyer_requests.enquire", "stranger", lambda w: f"/needs/{w.need.code}-x", holding="text"),
    Route("buyer_requests.move", "owner", lambda w: f"/needs/{w.need.code}-x", holding="answer_deadline"),
    Route("buyer_requests.move", "owner", lambda w: f"/needs/{w.need.code}-x", holding="reason"),
)
LEADS = (
    Route("negotiation.interest", "stranger", lambda w: f"/technologies/{w.listing.code}/interest"),
    Route("answers.begin", "stranger", lambda w: f"/needs/{w.need.code}/answer"),
    Route("answers.edit", "stranger", lambda w: f"/my/answers/{w.answer.code}/edit"),
    Route("answers.add_file", "stranger", lambda w: f"/my/answers/{w.answer.code}/check", holding="about"),
    Route("answers.remove_file", "stranger", path=lambda w: f"/my/answers/{w.answer.code}/files/{w.answer_file.id}/remove",
          once=False),
    Route("answers.send", "stranger", path=lambda w: f"/my/answers/{w.answer.code}/send"),
    Route("answers.move", "stranger", lambda w: f"/answers/{w.answer.code}", holding="reason_code"),
    Route("answers.give_points", "owner", lambda w: f"/answers/{w.answer.code}", holding="rows-0-points"),
    Route("answers.add_note", "owner", lambda w: f"/answers/{w.answer.code}", holding="text"),
    Route("answers.judge", "owner", lambda w: f"/answers/{w.answer.code}", holding="reason_code"),
    Route("answers.choose", "owner", lambda w: f"/answers/{w.answer.code}/choose"),
    Route("negotiation.move", "owner", lambda w: f"/leads/{w.lead.code}", holding="text"),
    Route("negotiation.move", "owner", lambda w: f"/leads/{w.lead.code}", holding="reason_code"),
    Route("negotiation.new_terms", "owner", lambda w: f"/leads/{w.talks.code}/terms/new"),
    Route("negotiation.answer_terms", "owner", path=lambda w: f"/leads/{w.talks.code}/terms/1/accept"),
    Route("negotiation.answer_terms", "owner", lambda w: f"/leads/{w.talks.code}/terms/1", holding="reason"),
    Route("negotiation.introduce", "officer", lambda w: "/staff/leads/introduce"),
)
TRADE = (
    Route("negotiation.post_message", "stranger", lambda w: f"/leads/{w.market.talk.code}", holding="text"),
    Route("negotiation.complain", "owner", lambda w: f"/leads/{w.market.quiet.code}/complaints"),
    Route("negotiation.move_complaint", "officer", path=lambda w: f"/complaints/{w.market.complaint.code}/moves/reject",
          fields={"reason": "Không có căn cứ"}),
    Route("negotiation.mediate", "officer", path=lambda w: f"/complaints/{w.market.complaint.code}/messages",
          fields={"text": "Mời hai bên", "once": "x"}),
    Route("deals.write_note", "officer", path=lambda w: f"/deals/{w.market.deals['signed'].code}/notes",
          fields={"text": "Nhắc bên giao"}),
    Route("deals.set_officer", "officer", path=lambda w: f"/deals/{w.market.deals['signed'].code}/officer",
          fields={"officer": ""}, keeps=False),
    Route("deals.classify", "officer", path=lambda w: f"/deals/{w.market.deals['signed'].code}/class",
          fields={"control_class": "ordinary", "funding_source": "private", "reason": "Theo hồ sơ"}),
)
DEALS = (
    Route("deals.write_contract", "stranger", lambda w: f"/deals/{w.market.deal('drafting')}/contract",
          holding="contract_no"),
    Route("deals.signature", "stranger", lambda w: f"/deals/{w.market.deal('awaiting_signature')}/signature"),
    Route("deals.make_move", "stranger", lambda w: f"/deals/{w.market.deal('delivering')}", holding="reason_code",
          fields={"reason_code": "late"}),
    Route("deals.ask_ending", "stranger", lambda w: f"/deals/{w.market.deal('delivering')}", holding="reason_code",
          fields={"reason_code": "mutual"}),
    Route("deals.answer_ending", "stranger", lambda w: f"/deals/{w.market.deal('effective')}", holding="reason"),
    Route("deals.answer_milestone", "stranger", lambda w: f"/deals/{w.market.deal('delivering')}", holding="reason"),
    Route("deals.deliver", "owner", lambda w: w.market.delivery),
    Route("deals.acceptance", "stranger", lambda w: f"/deals/{w.market.deal('acceptance')}/acceptance"),
    Route("deals.add_file", "stranger", lambda w: f"/deals/{w.market.deal('delivering')}", holding="role"),
    Route("deals.choose_publicity", "stranger", lambda w: f"/deals/{w.market.deal('delivering')}", holding="publicity"),
)
STAFF = (
    Route("moderation.decide", "moderator", lambda w: f"/moderation/listing/{w.held.id}", fields={"action": "reject"},
          holding="text"),
    Route("moderation.claim", "moderator", path=lambda w: f"/moderation/listing/{w.waiting.id}/claim"),
    Route("moderation.release", "moderator", path=lambda w: f"/moderation/listing/{w.held.id}/release"),
    Route("moderation.take_over", "admin", path=lambda w: f"/moderation/listing/{w.held.id}/take-over",
          fields={"reason": "Đồng nghiệp đi vắng"}),
    Route("moderation.sanction", "moderator", lambda w: f"/moderation/things/listing/{w.listing.id}", holding="reason"),
    Route("moderation.set_day", "admin", lambda w: "/moderation/calendar", holding="day"),
    Route("moderation.remove_day", "admin", path=lambda w: f"/moderation/calendar/{w.day.id}/remove"),
    Route("matching.set_mark", "moderator", path=lambda w: f"/matches/{w.match.id}/dismiss",
          fields={"reason": "Không đúng lĩnh vực", "reason_code": "subject", "next": "/"}),
    Route("matching.invite", "owner", path=lambda w: f"/matches/{w.match.id}/invite", fields={"next": "/"}),
    Route("negotiation.introduce_pair", "officer", path=lambda w: f"/staff/pairs/{w.match.id}/introduce",
          fields={"note": "Hai bên rất phù hợp với nhau"}),
    Route("negotiation.remind", "officer", path=lambda w: f"/leads/{w.lead.code}/remind"),
    Route("deals.remind", "officer", path=lambda w: f"/deals/{w.market.deal('delivering')}/remind"),
    Route("matching.give_feedback", "owner", path=lambda w: f"/matches/{w.match.id}/feedback/useful", fields={"next": "/"}),
    Route("matching.set_weights", "admin", lambda w: "/staff/matching", holding="note"),
    Route("matching.begin_rematch", "admin", path=lambda w: "/staff/matching/rematch"),
    Route("importing.upload", "moderator", lambda w: "/imports", fields={"organisation": "Công ty Dệt nhuộm Hoài Đức"}),
    Route("importing.columns", "moderator", lambda w: f"/imports/{w.run.id}"),
    Route("importing.start", "moderator", path=lambda w: f"/imports/{w.run.id}/start"),
    Route("importing.cancel", "moderator", path=lambda w: f"/imports/{w.run.id}/cancel"),
    Route("pages.edit_text", "moderator", lambda w: "/staff/texts/about/vi"),
    Route("work.retry", "admin", path=lambda w: "/staff/background/retry"),
    Route("notifications.resend", "admin", path=lambda w: f"/staff/deliveries/{w.lost.id}/resend"),
    Route("files.decide", "moderator", lambda w: f"/staff/files/{w.found.id}", holding="reason",
          fields={"reason": "Tệp vô hại"}),
    Route("notifications.decide_held", "moderator", path=lambda w: f"/staff/held-notifications/{w.held_news.id}/drop"),
    Route("proposals.decide_one", "accountant", lambda w: f"/staff/proposals/{w.proposal.id}", holding="reason",
          fields={"reason": "Chưa đủ căn cứ"}),
    Route("payments.claim_due", "stranger", lambda w: w.market.due(0), holding="reference"),
    Route("payments.confirm_due", "owner", lambda w: w.market.due(1), holding="received_on"),
    Route("payments.reopen_due", "officer", lambda w: w.market.due(2), holding="payer_text", acts=False,
          fields={"payer_text": "Chuyển nhầm.", "payee_text": "Chưa nhận.", "reason": "Ngân hàng hoàn tiền."}),
    Route("payments.move_due", "owner", lambda w: w.market.due(1), holding="reason"),
    Route("payments.enter_payee_bank_account", "owner", lambda w: "/my/organisation/bank-account", holding="holder"),
    Route("payments.remove_payee_bank_account", "owner", path=lambda w: "/my/organisation/bank-account/remove"),
    Route("payments.replay_message", "accountant", path=lambda w: f"/money/messages/{w.message.id}/replay"),
    Route("payments.confirm_payout", "accountant", path=lambda w: f"/money/messages/{w.message.id}/confirm"),
    Route("payments.apply_reconciliation", "accountant", path=lambda w: "/money/reconcile", few=True, once=False,
          acts=False),
    Route("payments.pay_by_card", "owner", path=lambda w: f"/pay/{w.invoice.code}/card", few=True, once=False, acts=False),
    Route("payments.transfer_message", "visitor", path=lambda w: f"/payments/bank/{w.bank_account.id}/callback",
          acts=False, once=False, token=False),
    Route("payments.stripe_webhook", "visitor", path=lambda w: "/payments/stripe/webhook", acts=False, once=False,
          token=False),
    Route("payments.new_fee", "accountant", lambda w: "/money/fees/new"),
    Route("payments.new_waiver", "accountant", lambda w: "/money/fees/free/new"),
    Route("payments.draft", "accountant", path=lambda w: f"/money/drafts/{w.org.id}"),
    Route("payments.move_invoice", "accountant", lambda w: f"/money/invoices/{w.invoice.id}", holding="reason",
          path=lambda w: f"/money/invoices/{w.invoice.id}/cancel", fields={"reason": "Lập nhầm"}),
    Route("payments.note_e_invoice", "accountant", lambda w: f"/money/invoices/{w.invoice.id}", holding="lookup_code"),
    Route("payments.credit_invoice", "accountant", lambda w: f"/money/invoices/{w.invoice.id}", holding="agreement_no"),
    Route("payments.take_statement", "accountant", lambda w: "/money/statements", few=True),
    Route("payments.move_statement_line", "accountant",
          path=lambda w: f"/money/statements/{w.statement_line.id}/ignore", fields={"reason": "Không phải của sàn"}),
    Route("payments.new_bank_account", "accountant", lambda w: "/money/bank-accounts/new"),
    Route("payments.change_bank_account", "accountant", lambda w: f"/money/bank-accounts/{w.bank_account.id}",
          holding="holder"),
    Route("payments.retire_bank_account", "accountant", lambda w: f"/money/bank-accounts/{w.bank_account.id}",
          path=lambda w: f"/money/bank-accounts/{w.bank_account.id}/retire", fields={"reason": "Đã đóng tài khoản"}),
    Route("payments.use_credit", "accountant", lambda w: f"/money/invoices/{w.invoice.id}"),
    Route("payments.ask_refund", "accountant", lambda w: f"/money/payments/{w.payment.id}", holding="reason"),
    Route("payments.move_refund", "accountant", lambda w: f"/money/refunds/{w.refund.id}", holding="bank_reference",
          path=lambda w: f"/money/refunds/{w.refund.id}/send", fields={"bank_reference": "FT1"}),
    Route("payments.waive", "accountant", lambda w: f"/money/charges/{w.charge.id}", holding="reason"),
    Route("accounts.grant_role", "admin", lambda w: "/staff", holding="reason"),
    Route("accounts.change_account", "admin", path=lambda w: f"/staff/accounts/{w.grant.user_id}/reopen", once=False,
          fields={"reason": "Đã xác minh"}),
    Route("accounts.end_role", "admin", path=lambda w: f"/staff/grants/{w.grant.id}/end", fields={"reason": "Hết việc"}),
)
ORGANISATIONS = (
    Route("organisations.create", "founder", lambda w: "/my/organisations/new"),
    *(Route("organisations.edit", "founder", lambda w, s=one: f"/my/organisation/edit/{s}", holding=holding)  # type: ignore[misc]
      for one, holding in (("identity", "tax_code"), ("address", "street"), ("about", "website"), ("contact", "phone"))),
    Route("organisations.documents", "founder", lambda w: "/my/organisation/documents", holding="caption"),
    Route("organisations.remove_document", "owner",
          path=lambda w: f"/my/organisation/documents/{w.org_file.id}/remove"),
    Route("organisations.submit", "founder", path=lambda w: "/my/organisation/submit"),
    Route("organisations.withdraw", "founder", path=lambda w: "/my/organisation/withdraw"),
    Route("organisations.invite", "owner", lambda w: "/my/organisation/members", holding="email"),
    Route("organisations.revoke_invitation", "owner",
          path=lambda w: f"/my/organisation/invitations/{w.invitation.id}/revoke"),
    Route("organisations.member", "owner", lambda w: f"/my/organisation/members/{w.membership.id}", holding="roles"),
    Route("organisations.remove_member", "owner",
          path=lambda w: f"/my/organisation/members/{w.membership.id}/remove"),
    Route("organisations.leave", "colleague", path=lambda w: "/my/organisation/leave"),
    Route("organisations.act_for", "owner", acts=False, path=lambda w: "/account/act-for",
          fields={"organisation": "0", "next": "/"}),
    Route("organisations.accept", "founder", acts=False, path=lambda w: "/invitations/my-invitation"),
    Route("organisations.accept_mine", "founder", acts=False,
          path=lambda w: f"/account/invitations/{w.invited_here.id}/accept"),
)
PEOPLE = (
    Route("accounts.change_profile", "founder", lambda w: "/account", holding="name"),
    Route("notifications.change_preferences", "owner", lambda w: "/account/notifications", once=False),
    Route("notifications.read_all", "owner", path=lambda w: "/inbox/read", fields={"topic": "reminders"}, once=False),
    Route("saved_searches.save", "owner", lambda w: "/technologies?q=bơm&trl=7", holding="kind"),
    Route("saved_searches.change", "owner", lambda w: f"/my/searches/{w.search.id}", holding="frequency", once=False),
    Route("saved_searches.delete", "owner", path=lambda w: f"/my/searches/{w.search.id}/delete"),
    Route("saved_searches.off", "visitor", lambda w: w.search_off, acts=False, once=False),
    Route("web.confirm_reading", "founder", path=lambda w: "/readings", fields={"to": "/"}, acts=False, once=False,
          few=True),
    Route("web.switch_language", "visitor", path=lambda w: "/language/en", acts=False, once=False, few=True, token=False),
    Route("notifications.turn_off", "visitor", path=lambda w: w.unsubscribe, acts=False, once=False,
          token=False),
    Route("accounts.sign_out_everywhere", "founder", path=lambda w: "/account/sign-out-everywhere", few=True, acts=False,
          once=False),
    Route("accounts.close", "founder", lambda w: "/account/close", few=True, acts=False, once=False, keeps=False),
    Route("accounts.reopen", "visitor", path=lambda w: "/account/reopen/forged", few=True, acts=False, once=False),
    Route("accounts.end_session", "founder", path=lambda w: "/account/sessions/1/end", few=True, acts=False, once=False),
    Route("security.login", "visitor", lambda w: "/login", few=True, acts=False, keeps=False),
    Route("security.register", "visitor", lambda w: "/register", few=True, acts=False, keeps=False),
    Route("security.forgot_password", "visitor", lambda w: "/reset", few=True, acts=False, keeps=False),
    Route("security.send_confirmation", "visitor", lambda w: "/confirm", few=True, acts=False, keeps=False),
    Route("security.reset_password", "visitor", path=lambda w: "/reset/no-token", few=True, acts=False, keeps=False,
          fields={"password": "Mat-khau-khac-han-2026", "password_confirm": "Mat-khau-khac-han-2026"}),
    Route("security.confirm_email", "visitor", path=lambda w: "/confirm/no-token", few=True, acts=False, keeps=False),
    Route("security.change_password", "founder", lambda w: "/change", few=True, acts=False, keeps=False),
    Route("security.verify", "founder", lambda w: "/verify", few=True, acts=False, keeps=False),
    Route("security.mf_recovery", "visitor", path=lambda w: "/mf-recovery", fields={"code": "1"}, few=True, acts=False,
          keeps=False),
    Route("security.mf_recovery_codes", "founder", path=lambda w: "/mf-recovery-codes", few=True, acts=False, keeps=False),
    Route("security.two_factor_rescue", "visitor", path=lambda w: "/tf-rescue", fields={"help_setup": "email"}, few=True,
          acts=False, keeps=False),
    Route("security.tf_select", "visitor", path=lambda w: "/tf-select", fields={"which": "x"}, few=True, acts=False,
          keeps=False),
    Route("security.two_factor_setup", "founder", lambda w: "/tf-setup", few=True, acts=False, keeps=False),
    Route("security.two_factor_setup_validate", "founder", path=lambda w: "/tf-setup/no-token", fields={"code": "1"},
          few=True, acts=False, keeps=False),
    Route("security.two_factor_token_validation", "visitor", path=lambda w: "/tf-validate", fields={"code": "1"}, few=True,
          acts=False, keeps=False),
    Route("security.wan_register", "founder", lambda w: "/wan-register", few=True, acts=False, keeps=False),
    Route("security.wan_register_response", "founder", path=lambda w: "/wan-register/no-token", fields={"credential": "{}"},
          few=True, acts=False, keeps=False, once=False),
    Route("security.wan_signin", "visitor", path=lambda w: "/wan-signin", few=True, acts=False, keeps=False),
    Route("security.wan_signin_response", "visitor", path=lambda w: "/wan-signin/no-token", fields={"credential": "{}"},
          few=True, acts=False, keeps=False, once=False),
    Route("security.wan_verify", "founder", path=lambda w: "/wan-verify", few=True, acts=False, keeps=False),
    Route("security.wan_verify_response", "founder", path=lambda w: "/wan-verify/no-token", fields={"credential": "{}"},
          few=True, acts=False, keeps=False, once=False),
    Route("security.wan_delete", "founder", path=lambda w: "/wan-delete", fields={"name": "x"}, few=True, acts=False,
          keeps=False),
    Route("security.logout", "founder", path=lambda w: "/logout", few=True, acts=False, keeps=False),
)
ROUTES = (*EDITING, *TRADE, *LEADS, *DEALS, *STAFF, *ORGANISATIONS, *PEOPLE)
