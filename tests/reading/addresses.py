"""The real address of each GET route that takes an argument: one line for each thing that may be answered differently.

A route without lines here is opened at the addresses that `tests/test_object_access.py` has for it; one whose only
arguments are one of a few words at the first of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.test_object_access import TABLE

#: Endpoint → what it is called in the table → its address in the world of `people.py`.
ADDRESSES: dict[str, dict[str, Callable[[Any], str]]] = {
    "accounts.account": {"": lambda w: f"/staff/accounts/{w.stranger_user.id}"},
    "accounts.mailbox_message": {"": lambda w: f"/mailbox/{w.mail.id}"},
    "accounts.reopen": {"": lambda w: f"/account/reopen/{w.reopening}", "forged": lambda w: "/account/reopen/x"},
    "browse.export_needs": {"csv": lambda w: "/needs/export.csv", "xlsx": lambda w: "/needs/export.xlsx"},
    "browse.export_technologies": {
        "csv": lambda w: "/technologies/export.csv", "xlsx": lambda w: "/technologies/export.xlsx",
    },
    "buyer_requests.confidential": {"": lambda w: f"/needs/{w.need.code}/confidential/1"},
    "buyer_requests.edit": {
        "draft": lambda w: f"/my/needs/{w.draft_need.code}/edit/problem",
        "open": lambda w: f"/my/needs/{w.need.code}/edit/problem",
    },
    "buyer_requests.jsonld": {
        "open": lambda w: f"/needs/{w.need.code}.jsonld",
        "hidden requester": lambda w: f"/needs/{w.hidden_need.code}.jsonld",
        "invited only": lambda w: f"/needs/{w.invited_need.code}.jsonld",
    },
    "buyer_requests.review": {"draft": lambda w: f"/my/needs/{w.draft_need.code}/review"},
    "buyer_requests.show": {
        "open": lambda w: f"/needs/{w.need.code}-x", "draft": lambda w: f"/needs/{w.draft_need.code}-x",
        "hidden requester": lambda w: f"/needs/{w.hidden_need.code}-x",
        "invited only": lambda w: f"/needs/{w.invited_need.code}-x",
    },
    "deals.acceptance": {"": lambda w: f"/deals/{w.market.deal('acceptance')}/acceptance"},
    "deals.certificate_pdf": {"": lambda w: f"/deals/{w.market.deal('completed')}/certificate.pdf"},
    "deals.deliver": {"": lambda w: w.market.delivery},
    "deals.record_pdf": {"": lambda w: f"/deals/{w.market.deal('signed')}/record.pdf"},
    "deals.show": {
        "under way": lambda w: f"/deals/{w.market.deal('delivering')}",
        "disputed": lambda w: f"/deals/{w.market.deal('disputed')}",
        "completed": lambda w: f"/deals/{w.market.deal('completed')}",
    },
    "deals.signature": {"": lambda w: f"/deals/{w.market.deal('awaiting_signature')}/signature"},
    "deals.write_contract": {"": lambda w: f"/deals/{w.market.deal('drafting')}/contract"},
    "files.my_file": {"": lambda w: f"/my/files/{w.found.id}"},
    "files.show": {
        "public": lambda w: f"/files/{w.picture.id}/x.png", "of a draft": lambda w: f"/files/{w.draft_picture.id}/x.png",
        "for the staff": lambda w: f"/files/{w.org_file.id}/x.png",
        "not checked yet": lambda w: f"/files/{w.unchecked.id}/x.png",
        "harmful": lambda w: f"/files/{w.harmful.id}/x.png",
    },
    "files.show_logged": {"": lambda w: f"/files/{w.secret.id}/confidential/x.png"},
    "files.staff_file": {"": lambda w: f"/staff/files/{w.found.id}"},
    "importing.report": {"none yet": lambda w: f"/imports/{w.run.id}/report"},
    "importing.show": {"": lambda w: f"/imports/{w.run.id}"},
    "topics.one": {"": lambda w: "/topics/environment", "of none": lambda w: "/topics/nowhere"},
    "listings.confidential": {"": lambda w: f"/technologies/{w.listing.code}/confidential"},
    "listings.confirm_asked": {
        "": lambda w: f"/my/listings/confirm/{w.token}", "forged": lambda w: "/my/listings/confirm/x",
    },
    "listings.edit": {
        "draft": lambda w: f"/my/listings/{w.draft_listing.code}/edit/what",
        "published": lambda w: f"/my/listings/{w.listing.code}/edit/what",
    },
    "listings.picture_of_link": {
        "published": lambda w: f"/technologies/{w.listing.code}/card.png",
        "draft": lambda w: f"/technologies/{w.draft_listing.code}/card.png",
    },
    "listings.preview": {"draft": lambda w: f"/my/listings/{w.draft_listing.code}/preview"},
    "listings.review": {"draft": lambda w: f"/my/listings/{w.draft_listing.code}/review"},
    "listings.show": {
        "published": lambda w: f"/technologies/{w.listing.code}-x",
        "draft": lambda w: f"/technologies/{w.draft_listing.code}-x",
        "submitted": lambda w: f"/technologies/{w.waiting.listing.code}-x",
    },
    "moderation.case": {"": lambda w: f"/moderation/listing/{w.waiting.id}"},
    "moderation.thing": {
        kind: lambda w, kind=kind, name=name: f"/moderation/things/{kind}/{getattr(w, name).id}"  # type: ignore[misc]
        for kind, name in (("listing", "listing"), ("need", "need"), ("organisation", "org"))
    },
    "answers.begin": {
        "open": lambda w: f"/needs/{w.need.code}/answer", "draft": lambda w: f"/needs/{w.draft_need.code}/answer",
        "invited only": lambda w: f"/needs/{w.invited_need.code}/answer",
    },
    "answers.check": {"": lambda w: f"/my/answers/{w.answer.code}/check"},
    "answers.edit": {"": lambda w: f"/my/answers/{w.answer.code}/edit"},
    "answers.beside": {"of none": lambda w: f"/my/needs/{w.answered_need.code}/answers/beside"},
    "answers.choose": {"": lambda w: f"/answers/{w.answer.code}/choose"},
    "answers.export": {"": lambda w: f"/my/needs/{w.answered_need.code}/answers.xlsx"},
    "answers.received": {"": lambda w: f"/my/needs/{w.answered_need.code}/answers"},
    "answers.show": {"": lambda w: f"/answers/{w.answer.code}"},
    "negotiation.complain": {"": lambda w: f"/leads/{w.talks.code}/complaints"},
    "negotiation.complaint": {"": lambda w: f"/complaints/{w.market.complaint.code}"},
    "negotiation.interest": {
        "published": lambda w: f"/technologies/{w.listing.code}/interest",
        "draft": lambda w: f"/technologies/{w.draft_listing.code}/interest",
    },
    "negotiation.new_terms": {"": lambda w: f"/leads/{w.talks.code}/terms/new"},
    "negotiation.show": {
        "asked": lambda w: f"/leads/{w.lead.code}", "negotiating": lambda w: f"/leads/{w.talks.code}",
        "with a complaint": lambda w: f"/leads/{w.market.talk.code}",
    },
    "negotiation.show_terms": {"": lambda w: f"/leads/{w.talks.code}/terms/1"},
    "notifications.ask": {"": lambda w: w.unsubscribe, "forged": lambda w: "/unsubscribe/WzEsInJlbWluZGVycyJd.forged"},
    "notifications.open_one": {"of supplier_admin": lambda w: f"/inbox/{w.told.id}/open"},
    "organisations.edit": {"": lambda w: "/my/organisation/edit/identity"},
    "organisations.invitation": {"": lambda w: "/invitations/token-of-invitation", "none": lambda w: "/invitations/x"},
    "organisations.member": {"of the supplier": lambda w: f"/my/organisation/members/{w.membership.id}"},
    "organisations.wards": {"": lambda w: "/places/01/wards"},
    "pages.organisation": {
        "verified": lambda w: f"/organisations/{w.org.slug}", "draft": lambda w: f"/organisations/{w.young_org.slug}",
    },
    "payments.charge": {"": lambda w: f"/money/charges/{w.charge.id}"},
    "payments.due": {"reported": lambda w: w.market.due(1)},
    "payments.due_qr": {"to be paid": lambda w: w.market.due(0, "qr.svg")},
    "payments.invoice": {"": lambda w: f"/money/invoices/{w.invoice.id}"},
    "payments.request_of": {"": lambda w: f"/my/money/{w.invoice.code}"},
    "payments.request_pdf": {"": lambda w: f"/my/money/{w.invoice.code}.pdf"},
    "proposals.show": {"": lambda w: f"/staff/proposals/{w.proposal.id}"},
    "saved_searches.ask_off": {"": lambda w: w.search_off, "forged": lambda w: "/my/searches/off/WzEsMV0.forged"},
    "saved_searches.show": {"of supplier_admin": lambda w: f"/my/searches/{w.search.id}"},
    "security.confirm_email": {"forged": lambda w: "/confirm/x"},
    "security.reset_password": {"forged": lambda w: "/reset/x"},
    "styleguide.show": {"": lambda w: "/styleguide/home"},
    "web.ask_language": {"": lambda w: "/language/en"},
    "web.font": {"": lambda w: "/fonts/BeVietnamPro-Regular.ttf"},
}
for _row in TABLE:
    if not _row.post and (_row.endpoint not in ADDRESSES or ADDRESSES[_row.endpoint].get("1") is not None):
        _known = ADDRESSES.setdefault(_row.endpoint, {})
        _known[str(len(_known) + 1)] = _row.path
