"""The page on which both sides write the contract."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.access import ACTING, access, actor
from marketplace.deals import contract, queries
from marketplace.deals.contract_texts import agreed_texts
from marketplace.deals.forms import ContractForm
from marketplace.deals.models import Deal
from marketplace.deals.views.blueprint import bp
from marketplace.deals.views.stale import stale
from marketplace.deals.views.steps import gone, opened
from marketplace.errors import IllegalMove, Invalid, Stale
from marketplace.extensions import db
from marketplace.vocabulary import CONTRACT_ITEMS, CONTRACT_ITEMS_OPTIONAL


@bp.route("/deals/<code>/contract", methods=["GET", "POST"])
@access(ACTING)
def write_contract(code: str) -> ResponseReturnValue:
    """Write the items of Art. 23; two people at once lose nothing."""
    if request.method == "GET":
        deal = opened(code, "drafting")
        return gone(code) if deal is None else _page(deal, _filled(deal))
    queries.readable(code, actor())
    form = ContractForm()
    try:
        if form.validate_on_submit():
            deal = queries.for_change(code, actor())
            contract.save(
                deal, actor(), form.texts(), form.contract_no.data or "", form.effective_on.data, form.lock_value()
            )
            flash(_("The contract is saved."), "success")
            return redirect(queries.path_of(deal) + "#contract" if "close" in request.form else request.path)
    except Stale as error:
        return _taken_over(code, form, error)
    except IllegalMove as error:
        return stale(code, error, form)
    except Invalid as error:
        form.take(error)
    db.session.rollback()
    return _page(queries.readable(code, actor()), form), 422


def _filled(deal: Deal) -> ContractForm:
    items: dict[str, Any] = {f"item_{code}": deal.contract.get(code, "") for code in CONTRACT_ITEMS.codes}
    return ContractForm(
        formdata=None, lock=str(deal.contract_lock), contract_no=deal.contract_no, effective_on=deal.effective_on, **items
    )


def _taken_over(code: str, form: ContractForm, error: Stale) -> ResponseReturnValue:
    """Answer 409: what was typed stays in the form, and beside it what somebody else saved meanwhile."""
    db.session.rollback()
    deal = queries.readable(code, actor())
    if deal.state != "drafting" or form.lock_value() == deal.contract_lock:
        return stale(code, error, form)  # not about the text: the deal moved on, or acting for another organisation
    form.take(error)
    typed = form.texts()
    saved = {item: deal.contract.get(item, "") for item in CONTRACT_ITEMS.codes}
    form.lock.data = str(deal.contract_lock)  # having seen the other text, the next save decides
    return _page(deal, form, {item: saved[item] for item in typed if typed[item] != saved[item]}), 409


def _page(deal: Deal, form: ContractForm, theirs: dict[str, str] | None = None) -> str:
    lacks = contract.missing(deal)
    return render_template(
        "deals/contract.html", deal=deal, form=form, items=CONTRACT_ITEMS, optional=CONTRACT_ITEMS_OPTIONAL,
        agreed=agreed_texts(deal), theirs=theirs or {}, saved=deal.contract,
        missing=[{"label": form[f"item_{item}"].label.text, "href": f"#item_{item}"} for item in lacks],
    )
