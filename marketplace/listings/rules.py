"""Rules of a listing that are richer than "must be there": each returns what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from marketplace.authoring.kinds import SUBMIT, Problem
from marketplace.files.actions import attachments
from marketplace.listings.models import ListingRevision
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import IP_WITHOUT_NUMBER, OBJECTS_ONLY_WITH_OTHERS

WHOLE = 10_000  # basis points of all owners together
TRL_NEEDS_EVIDENCE = 4  # validated in the laboratory: from here on there is something to show


def rules(revision: ListingRevision) -> list[Problem]:
    """Return every broken rule of a version."""
    return [*_text(revision), *_maturity(revision), *_rights(revision), *_price(revision), *_files(revision)]


def _text(revision: ListingRevision) -> Iterator[Problem]:
    if revision.title and len(revision.title) < 10:
        yield Problem("title", "what", N_("Write at least %(min)s characters."), {"min": 10}, SUBMIT)
    kinds = set(revision.object_kinds)
    if kinds and kinds <= OBJECTS_ONLY_WITH_OTHERS:
        message = N_("Machinery is transferred only together with another object of technology.")
        yield Problem("object_kinds", "what", message, {}, SUBMIT)


def _maturity(revision: ListingRevision) -> Iterator[Problem]:
    if (revision.trl or 0) >= TRL_NEEDS_EVIDENCE and not revision.trl_evidence:
        message = N_("From level %(level)s on, say what shows it.")
        yield Problem("trl_evidence", "maturity", message, {"level": TRL_NEEDS_EVIDENCE}, SUBMIT)
    if revision.trl_assessed_by in {"expert", "organisation"} and not revision.trl_assessor:
        yield Problem("trl_assessor", "maturity", N_("Name who assessed the level."), {}, SUBMIT)
    if revision.trl_assessed_by in {"expert", "organisation"} and revision.trl_assessed_on is None:
        yield Problem("trl_assessed_on", "maturity", N_("Say when the level was assessed."), {}, SUBMIT)
    if revision.trl_assessed_on is not None and revision.trl_assessed_on > clock.today():
        yield Problem("trl_assessed_on", "maturity", N_("The date lies in the future."), {}, SUBMIT)


def _rights(revision: ListingRevision) -> Iterator[Problem]:
    shares = [row.get("share_bp") for row in revision.owners]
    if shares and (None in shares or sum(share or 0 for share in shares) != WHOLE):
        yield Problem("owners", "maturity", N_("The shares of all owners must sum to 100 %."), {}, SUBMIT)
    for row in revision.ip:
        if row["kind"] not in IP_WITHOUT_NUMBER and not row.get("number"):
            yield Problem("ip", "maturity", N_("Give the number of every application or title."), {}, SUBMIT)
            break
    if any(row.get("filed_on") and date.fromisoformat(row["filed_on"]) > clock.today() for row in revision.ip):
        yield Problem("ip", "maturity", N_("A filing date lies in the future."), {}, SUBMIT)
    if revision.funding_source in {"state_budget", "mixed"} and not revision.task_code:
        yield Problem("task_code", "maturity", N_("State the code of the task that the budget paid for."), {}, SUBMIT)


def _price(revision: ListingRevision) -> Iterator[Problem]:
    low, high = revision.price_min, revision.price_max
    if revision.pricing_mode == "fixed" and not low:
        yield Problem("price_min", "transfer", N_("A fixed price needs its amount."), {}, SUBMIT)
    if revision.pricing_mode == "fixed" and high is not None and high != low:
        yield Problem("price_max", "transfer", N_("A fixed price has one amount: leave this empty."), {}, SUBMIT)
    if revision.pricing_mode == "range" and high == 0:
        message = N_("The highest amount is more than 0 ₫. Leave it empty when there is none.")
        yield Problem("price_max", "transfer", message, {}, SUBMIT)
    if revision.pricing_mode == "range" and not low and not high:
        yield Problem("price_min", "transfer", N_("A price range needs at least one amount."), {}, SUBMIT)
    if low is not None and high is not None and low > high:
        yield Problem("price_max", "transfer", N_("The highest amount is below the lowest."), {}, SUBMIT)
    if revision.pricing_mode == "competitive" and revision.funding_source in {"state_budget", "mixed"}:
        message = N_("Results paid by the State are not sold by competitive offers here.")
        yield Problem("pricing_mode", "transfer", message, {}, SUBMIT)


def _files(revision: ListingRevision) -> Iterator[Problem]:
    if revision.id is None:
        return
    roles = {attachment.role for attachment in attachments(revision)}
    if "image" not in roles:
        yield Problem("image", "files", N_("Add at least one picture of the technology."), {}, SUBMIT)
    if revision.right_basis == "authorised" and "right_proof" not in roles:
        yield Problem("right_proof", "files", N_("Add the owner's written consent."), {}, SUBMIT)
