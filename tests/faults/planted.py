"""Sixty faults over all features, each with the tests of `make test` that must fail when it is planted.

A fault is one replacement in one file: a guard removed, a term of a visibility rule dropped, a lock left out, a wrong fold.
`old` stands exactly once in the file (a test holds that); whoever rewrites the line moves the fault along with it.
"""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault; `tests` are paths for pytest. `postgres` runs them on PostgreSQL, where alone the fault can show."""

    name: str
    path: str
    old: str
    new: str
    tests: str
    postgres: bool = False


FAULTS: tuple[Fault, ...] = (
    # values
    Fault("đ is not folded", "values/text.py", '{"đ": "d", "Đ": "D", ', '{"Đ": "D", ', "tests/test_text.py tests/search"),
    Fault("input is not composed", "values/text.py",
          'return unicodedata.normalize("NFC", _INVISIBLE.sub(_kept, _CONTROL.sub("", value)))',
          'return _INVISIBLE.sub(_kept, _CONTROL.sub("", value))', "tests/test_text.py"),
    Fault("tones do not sort second", "values/text.py", "tone = _TONES[part]", "tone = 0", "tests/test_text.py"),
    Fault("a tax code's check digit is not looked at", "values/tax_code.py", 'raise TaxCodeError("checksum") from None',
          "return TaxCode(bare, kind)", "tests/pure/test_taxcode.py"),
    Fault("a personal number is shown whole", "values/tax_code.py", 'return "•" * 9 + bare[-3:] if len(bare) == 12 else value',
          "return value", "tests/pure/test_taxcode.py"),
    # core
    Fault("an unmarked route is open", "core/access.py", 'raise Forbidden(f"{request.endpoint} carries no access mark")', "return",
          "tests/core"),
    Fault("the hash of an event leaves out its data", "core/events.py", '"data": self.data,', '"data": {},', "tests/core/test_events.py"),
    Fault("a settled move is refused", "core/lifecycle.py", "if any(state in row.settled for row in mine):", "if False:",
          "tests/pure/test_lifecycle.py"),
    Fault("a refused answer commits", "web/application.py", "if answer.status_code >= 400:", "if answer.status_code >= 500:",
          "tests/core"),
    Fault("cells run as formulas", "web/spreadsheet.py", '("=", "+", "-", "@", "\\t", "\\r")', '("=",)',
          "tests/browse tests/listings tests/deals/test_lists.py"),
    # files
    Fault("an upload may be larger than the limit", "files/checks.py", "if len(data) > limit:", "if False:", "tests/files/test_upload.py"),
    Fault("a PDF that is also a web page is taken", "files/checks.py",
          "if _MARKUP.search(data[:1024]) or _END_OF_ZIP in data[-66_000:]:", "if _END_OF_ZIP in data[-66_000:]:", "tests/files/test_upload.py"),
    Fault("an encrypted office file is taken", "files/checks.py", "if any(entry.flag_bits & 1 for entry in entries):", "if False:",
          "tests/files/test_upload.py"),
    Fault("macros are taken", "files/checks.py",
          'if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):', "if False:",
          "tests/files/test_upload.py"),
    Fault("a file of another thing can be taken off", "files/actions.py",
          "if found is None or (found.subject_kind, found.subject_id) != (subject.subject_kind, subject.id):", "if found is None:",
          "tests/files tests/test_object_access.py"),
    Fault("a file without a rule is readable", "files/access.py",
          "return rule is not None and rule.may_read(attachment, actor)", "return rule is None or rule.may_read(attachment, actor)",
          "tests/files"),
    # accounts
    Fault("people grant roles to themselves", "accounts/actions.py", "if user.id == actor.user_id:", "if False:", "tests/accounts/test_staff.py"),
    Fault("the last administrator can go", "accounts/actions.py",
          "if grant.role in MANAGE_STAFF.roles and _last_administrator(grant):", "if False:",
          "tests/accounts/test_staff.py"),
    # organisations
    Fault("anybody accepts an invitation", "organisations/actions/members.py",
          "if not actor.signed_in or actor.email != invitation.email:", "if not actor.signed_in:",
          "tests/organisations/test_members.py tests/test_object_access.py"),
    Fault("an expired invitation works", "organisations/actions/members.py", " or invitation.expires_at <= clock.now():", ":",
          "tests/organisations/test_members.py"),
    Fault("an organisation loses its last administrator", "organisations/actions/members.py",
          "if MANAGE_ORGANISATION.held_by(leaving.roles) and not any(MANAGE_ORGANISATION.held_by(roles) for _id, roles in others):",
          "if False:",
          "tests/organisations/test_members.py"),
    Fault("two administrators leave at once", "organisations/actions/members.py",
          "db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())",
          "db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id))",
          "tests/organisations/test_concurrency.py", postgres=True),
    Fault("one's own submission can be approved", "organisations/actions/verification.py",
          'and organisation.submitted_by_id == actor.user_id:', "and False:", "tests/organisations tests/moderation/test_decide.py"),
    Fault("a stale form of a profile wins", "organisations/actions/profile.py", "if lock is not None and lock != organisation.lock:",
          "if False:", "tests/organisations"),
    # listings
    Fault("technologies of suspended organisations are found", "listings/visibility.py",
          'live = and_(Listing.state.in_(VISIBLE_STATES), Listing.organisation.has(Organisation.state == "verified"))',
          "live = and_(Listing.state.in_(VISIBLE_STATES))", "tests/listings/test_visibility.py"),
    Fault("the index knows members' technologies as public", "listings/visibility.py",
          'return (PUBLIC,) if revision.visibility == "public" else (MEMBER, f"org:{listing.org_id}")', "return (PUBLIC,)",
          "tests/listings/test_visibility.py"),
    Fault("shares need not sum to the whole", "listings/rules.py", "sum(share or 0 for share in shares) != WHOLE", "False",
          "tests/listings/test_writing.py"),
    Fault("State-funded technology is sold by competition", "listings/rules.py",
          'if revision.pricing_mode == "competitive" and revision.funding_source in {"state_budget", "mixed"}:', "if False:",
          "tests/listings/test_writing.py"),
    Fault("the confidential part opens to anybody", "authoring/actions.py",
          "if not may_read_confidential(kind, revision, actor):", "if False:", "tests/listings tests/test_object_access.py"),
    Fault("a technology long offline comes back unreviewed", "listings/actions.py",
          "if since is None or clock.now() - since > timedelta(days=REPUBLISH_DAYS):", "if False:", "tests/listings"),
    # needs
    Fault("a need for invited ones is found by all", "buyer_requests/visibility.py",
          'EVERYBODY = ("public", "requester_hidden")', 'EVERYBODY = ("public", "requester_hidden", "invited_only")',
          "tests/buyer_requests/test_visibility.py"),
    Fault("a hidden requester is named", "buyer_requests/visibility.py",
          'hidden = revision is None or revision.visibility == "requester_hidden"', "hidden = False",
          "tests/buyer_requests/test_hidden_requester.py"),
    Fault("invitations of unverified organisations count", "buyer_requests/visibility.py",
          'NeedInvitation.organisation.has(Organisation.state == "verified"),', "", "tests/buyer_requests/test_visibility.py"),
    Fault("weights need not sum to a hundred", "buyer_requests/rules.py", "if total != 100:", "if False:",
          "tests/buyer_requests/test_rules.py"),
    Fault("a deadline may be shortened", "buyer_requests/actions.py", "if old is not None and deadline <= old:", "if False:",
          "tests/buyer_requests/test_deadlines.py tests/buyer_requests/test_lifecycle.py"),
    # negotiation
    Fault("strangers see leads", "negotiation/visibility.py",
          "return or_(Lead.supplier_org_id.in_(actor.org_ids), Lead.buyer_org_id.in_(actor.org_ids))", "return Lead.id.is_not(None)",
          "tests/negotiation/test_visibility.py tests/test_trade_access.py"),
    Fault("officers read threads without a complaint", "negotiation/visibility.py", "return bool(db.session.scalar(select(complaint)))",
          "return True", "tests/negotiation tests/test_trade_access.py"),
    Fault("one answers one's own need", "negotiation/eligibility.py", "if need.org_id == reader.org_id:", "if False:",
          "tests/negotiation/test_beginning.py"),
    Fault("a double click sends twice", "negotiation/actions/messages.py",
          "if once and (twin := db.session.scalars(earlier).first()) is not None:", "if (twin := None) is not None:",
          "tests/negotiation/test_thread.py tests/journeys/test_double_submit.py"),
    Fault("editors bind their side", "negotiation/actions/terms.py",
          "return bool(lead.side_of(actor)) and actor.may(COMMIT)", "return bool(lead.side_of(actor))",
          "tests/negotiation/test_terms.py"),
    Fault("terms answer a version that is not the newest", "negotiation/actions/terms.py",
          "if based_on != (newest.number if newest else 0):", "if False:", "tests/negotiation"),
    Fault("milestones need not sum to the price", "negotiation/terms_rules.py", "if price is None or price < 0 or total == price:",
          "if True:", "tests/negotiation/test_terms_rules.py"),
    # deals
    Fault("strangers see deals", "deals/visibility.py",
          "return or_(Deal.supplier_org_id.in_(actor.org_ids), Deal.buyer_org_id.in_(actor.org_ids))", "return Deal.id.is_not(None)",
          "tests/deals/test_pages.py tests/test_trade_access.py"),
    Fault("a side signs twice", "deals/actions/signing.py", "if side in {one.side for one in valid_signatures(deal)}:", "if False:",
          "tests/deals/test_signing.py"),
    Fault("signatures of an earlier round count", "deals/actions/signing.py",
          "return [one for one in deal.signatures if one.round == deal.round]", "return list(deal.signatures)",
          "tests/deals/test_signing.py"),
    Fault("a contract is signed before it was agreed", "deals/actions/signing.py", "if said.signed_on < agreed_on:", "if False:",
          "tests/deals/test_signing.py"),
    Fault("minutes are dated in the future", "deals/actions/acceptance.py", "if said.minutes_on > clock.today():", "if False:",
          "tests/deals"),
    Fault("a reserved technology is dealt in again", "deals/actions/reservation.py", 'if listing.state == "reserved":', "if False:",
          "tests/deals/test_holding.py tests/deals/test_winning.py"),
    Fault("two buyers win one technology", "deals/actions/reservation.py",
          "return db.session.get(Listing, listing_id, with_for_update=True, populate_existing=True)",
          "return db.session.get(Listing, listing_id)", "tests/deals/test_winning.py", postgres=True),
    Fault("a licence lasts a day too long", "deals/actions/reservation.py",
          "return date(year, month, first.day) - timedelta(days=1)", "return date(year, month, first.day)", "tests/deals/test_holding.py"),
    Fault("State money needs no registration", "deals/regime_table.py", 'Row(None, False, True, False, "registration")',
          'Row(None, False, True, False, "voluntary")', "tests/deals/test_regimes.py"),
    # moderation
    Fault("a decision without the case", "moderation/actions/cases.py",
          'if case.claimed_by_id != actor.user_id:\n        raise NotAllowed(N_("Take the case first; it belongs to somebody else."))',
          "if False:\n        raise NotAllowed", "tests/moderation/test_decide.py"),
    Fault("banned technology is approved", "moderation/actions/cases.py", 'if control_class == "banned":', "if False:",
          "tests/moderation/test_decide.py"),
    Fault("an author does not learn what is wrong", "moderation/actions/cases.py",
          'return refusal.check(decision.reason_code, decision.text, field="text")', "return None", "tests/moderation/test_decide.py"),
    # authoring, mail
    Fault("a stale form of a version wins", "authoring/actions.py",
          "if lock is not None and lock != revision.lock:\n        raise Stale\n    changed", "changed",
          "tests/authoring tests/journeys/test_tabs.py"),
    Fault("a cause queues two mails", "mail/actions.py",
          "if db.session.scalar(select(MailMessage.id).where(MailMessage.key == key)) is not None:", "if False:",
          "tests/core/test_mail.py tests/core/test_mail_delivery.py"),
    Fault("a match shows a need that its reader may not see", "matching/queries.py",
          "listing_visible_to(actor), need_visible_to(actor))\n    )", "listing_visible_to(actor))\n    )", "tests/matching"),
    Fault("somebody else's saved search opens", "saved_searches/queries.py",
          "SavedSearch.id == search_id, SavedSearch.user_id == actor.user_id", "SavedSearch.id == search_id",
          "tests/saved_searches tests/test_object_access.py"),
    # matching, search, browse, saved searches, importing, notifications
    Fault("one's own technologies match one's needs", "matching/scoring.py", "return need.org_id != listing.org_id", "return True",
          "tests/matching"),
    Fault("a result is shown though the database hides it", "browse/rows.py",
          "where(declared.model.id.in_(ids), declared.visible_to(actor))", "where(declared.model.id.in_(ids))", "tests/browse"),
    Fault("a notification is told twice", "notifications/actions.py",
          "if db.session.scalar(told.where(same).limit(1)) is not None:", "if False:", "tests/notifications"),
    Fault("somebody else's inbox opens", "notifications/queries.py",
          "return and_(Notification.user_id == actor.user_id, open_to)", "return open_to", "tests/notifications tests/test_object_access.py"),
    Fault("a finished row is handed out again", "core/outbox.py", "skip_locked=True", "skip_locked=False", "tests/core/test_outbox.py",
          postgres=True),
    Fault("a zip bomb is imported", "importing/sheets.py", "if len(parts) > MAX_PARTS or total > MAX_UNPACKED or tight:",
          "if False:", "tests/importing/test_reading.py tests/importing/test_any_bytes.py"),
)
