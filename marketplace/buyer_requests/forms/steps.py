"""The forms of the steps in which a need is written, as far as its specs do not make them. Shape only; the rules are
`marketplace.buyer_requests.rules`."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import Email, Optional, Regexp

from marketplace.authoring.fields import AtMost, BoxField
from marketplace.authoring.form_fields import row_of
from marketplace.authoring.shared_forms import StepForm
from marketplace.buyer_requests.forms.organisation_picker import OrganisationsField
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.rules import SIX_POINTS
from marketplace.vocabulary import SIX_CLEAR
from marketplace.web.forms import LineField
from marketplace.web.i18n import language


class TermsForm(StepForm):
    """Money and time, how answers are compared, who sees the need, who answers questions."""

    invited_org_ids = OrganisationsField("")
    contact_email = LineField("", [Optional(), Email(_l("This is not an e-mail address.")), AtMost(255)])
    source_url = LineField("", [Optional(), AtMost(500), Regexp(
        r"https?://\S+$", message=_l("An address begins with http:// or https://."))])


@dataclass(frozen=True)
class Point:
    """One of the six points as the form draws it."""

    label: str
    note: str
    parts: list[Field]


class SixClearBox(BoxField):
    """The six points, drawn point by point."""

    template = "buyer_requests/_six_field.html"

    def points(self) -> list[Point]:
        """Return the points with their parts, in the reader's language."""
        found = []
        for code, keys, _message in SIX_POINTS:
            term, parts = SIX_CLEAR.get(code), [self.form[key] for key in keys]
            if term is not None:
                found.append(Point(term.label(language()), term.note(language()), parts))
        return found


class SixClearForm(StepForm):
    """The six points that every task of the city must settle."""

    six_clear = SixClearBox(row_of(KIND.spec("six_clear").columns), "")
