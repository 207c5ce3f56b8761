"""The page on which both sides write the contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, Invalid, Stale
from marketplace.core.extensions import db
from marketplace.core.permissions import ACTING
from marketplace.deals.actions import contract
from marketplace.deals.contract_texts import agreed_texts, missing
from marketplace.deals.forms import ContractForm, day_text
from marketplace.deals.models import Deal
from marketplace.deals.queries import loading
from marketplace.deals.text_merge import marks, merge
from marketplace.deals.views.blueprint import bp
from marketplace.deals.views.changing import stale
from marketplace.deals.views.context import held_back
from marketplace.deals.views.steps import own_deal, step_closed
from marketplace.values.text import N_
from marketplace.vocabulary import CONTRACT_ITEMS, CONTRACT_ITEMS_OPTIONAL
from marketplace.web.mark_read import note_seen


@bp.route("/deals/<code>/contract", methods=["GET", "POST"])
@access(ACTING)
def write_contract(code: str) -> ResponseReturnValue:
    """Write the items of Art. 23; two people at once lose nothing."""
    if request.method == "GET":
        deal = own_deal(code)
        return _page(deal, _filled(deal)) if held_back(deal, "write_contract", actor()) == [] else step_closed(code)
    loading.readable(code, actor())
    form = ContractForm()
    try:
        if form.validate_on_submit():
            deal = loading.for_change(code, actor())
            contract.save(
                deal, actor(), form.texts(), form.contract_no.data or "", form.effective_on.data, form.lock_value()
            )
            note_seen(loading.path_of(deal))
            flash(_("The contract is saved."), "success")
            return redirect(loading.path_of(deal) + "#contract" if "close" in request.form else request.path)
    except Stale as error:
        return _taken_over(code, form, error)
    except IllegalMove as error:
        return stale(code, error, form)
    except Invalid as error:
        form.add_error(error)
    db.session.rollback()
    return _page(loading.readable(code, actor()), form), 422


def _shown(deal: Deal) -> dict[str, Any]:
    """Return what is saved, by field of the form."""
    items: dict[str, Any] = {f"item_{code}": deal.contract.get(code, "") for code in CONTRACT_ITEMS.codes}
    return {**items, "contract_no": deal.contract_no, "effective_on": deal.effective_on}


def _texts(deal: Deal) -> dict[str, str]:
    """Return the same as text."""
    return {**_shown(deal), "contract_no": deal.contract_no or "", "effective_on": day_text(deal.effective_on)}


def _filled(deal: Deal) -> ContractForm:
    return ContractForm(formdata=None, lock=str(deal.contract_lock), opened_on=marks(_texts(deal)), **_shown(deal))


def _taken_over(code: str, form: ContractForm, error: Stale) -> ResponseReturnValue:
    """Answer 409: what was typed stays, what was not touched is as saved now, what both wrote stands side by side."""
    db.session.rollback()
    deal = loading.readable(code, actor())
    if held_back(deal, "write_contract", actor()) != [] or form.lock_value() == deal.contract_lock:
        return stale(code, error, form)  # not about the text: the deal moved on, or acting for another organisation
    form.add_error(error)
    saved, typed = _texts(deal), form.typed()
    merged = merge(form.opened_on.data or "", typed, saved)
    for name in merged.taken:
        form.put(name, _shown(deal)[name])
    for name in merged.contested:
        form.add_error(Invalid(name, N_("Somebody saved another text of this item meanwhile")))
    # Having seen the other text, the next save decides.
    form.lock.data, form.opened_on.data = str(deal.contract_lock), marks(saved)
    return _page(deal, form, {name: saved[name] for name in merged.contested}, merged.taken & typed.keys()), 409


def _page(
    deal: Deal, form: ContractForm, theirs: Mapping[str, str] = MappingProxyType({}), taken: Collection[str] = ()
) -> str:
    lacks = missing(deal)
    return render_template(
        "deals/contract.html", deal=deal, form=form, items=CONTRACT_ITEMS, optional=CONTRACT_ITEMS_OPTIONAL,
        agreed=agreed_texts(deal), theirs=theirs, taken=taken,
        missing=[{"label": form[f"item_{item}"].label.text, "href": f"#item_{item}"} for item in lacks],
    )
