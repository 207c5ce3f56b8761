"""Deals as lists for spreadsheets: those of an organisation, and all of them for the staff."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace.core.access import actor
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.deals.queries.staff_list import days_in_stage
from marketplace.values.text import N_
from marketplace.vocabulary import REGIMES
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import Column

OWN_COLUMNS: tuple[Column[Deal], ...] = (
    Column(N_("Code"), lambda deal: deal.code),
    Column(N_("Technology"), lambda deal: deal.title),
    Column(N_("Stage"), lambda deal: _(DEAL.label(deal.state))),
    Column(N_("In this stage since"), lambda deal: deal.state_since),
    Column(N_("Our side"), lambda deal: _("Transferor") if deal.side_of(actor()) == "supplier" else _("Transferee")),
    Column(N_("Transferor"), lambda deal: deal.supplier.name),
    Column(N_("Transferee"), lambda deal: deal.buyer.name),
    Column(N_("Price (VND)"), lambda deal: deal.price),
    Column(N_("Contract number"), lambda deal: deal.contract_no),
    Column(N_("Signed on"), lambda deal: deal.signed_on),
    Column(N_("Takes effect on"), lambda deal: deal.effective_on),
    Column(N_("Legal regime"), lambda deal: REGIMES.label(deal.regime, language())),
    Column(N_("Value realised (VND)"), lambda deal: deal.value_realised),
    Column(N_("Completed on"), lambda deal: deal.completed_at),
)


#: The columns of the download.
STAFF_COLUMNS: tuple[Column[Deal], ...] = (
    Column(N_("Code"), lambda deal: deal.code),
    Column(N_("Technology"), lambda deal: deal.title),
    Column(N_("Stage"), lambda deal: _(DEAL.label(deal.state))),
    Column(N_("Days in stage"), days_in_stage),
    Column(N_("Transferor"), lambda deal: deal.supplier.name),
    Column(N_("Transferee"), lambda deal: deal.buyer.name),
    Column(N_("Price (VND)"), lambda deal: deal.price),
    Column(N_("Value realised (VND)"), lambda deal: deal.value_realised),
    Column(N_("Officer"), lambda deal: deal.officer.name if deal.officer else ""),
    Column(N_("Legal regime"), lambda deal: REGIMES.label(deal.regime, language())),
    Column(N_("Opened on"), lambda deal: deal.opened_at),
    Column(N_("Signed on"), lambda deal: deal.signed_on),
    Column(N_("Completed on"), lambda deal: deal.completed_at),
)
