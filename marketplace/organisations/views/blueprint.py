"""The blueprint that the views of this package share."""

from __future__ import annotations

from flask import Blueprint

from marketplace.organisations.models import Organisation
from marketplace.values import places, tax_code
from marketplace.web.i18n import language

bp = Blueprint("organisations", __name__)
bp.add_app_template_filter(tax_code.masked, "masked_tax_code")


@bp.app_template_filter("address")
def address(organisation: Organisation) -> str:
    """Return "số 1 Đại Cồ Việt, Phường Bạch Mai, Hà Nội", or what of it is known."""
    place = places.label(organisation.province_code, organisation.ward_code, language())
    return ", ".join(filter(None, (organisation.street, place)))
