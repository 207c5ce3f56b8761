"""The field that picks organisations: a name is searched, results and choices are check boxes. Needs no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from marketplace.buyer_requests.queries import find_organisations, organisations
from marketplace.buyer_requests.rules import MAX_INVITED
from marketplace.core.access import actor
from marketplace.organisations.models import Organisation
from marketplace.values.text import clean_line


class OrganisationsField(Field):
    """Ids of verified organisations other than the own one; stored as a list of numbers in order of their names."""

    template = "buyer_requests/_organisations_field.html"
    widget = TextInput()  # only for what WTForms wants to know; the template draws the field

    def process_data(self, value: Any) -> None:
        """Take the stored ids."""
        self.data: list[int] = list(value or [])
        self.chosen: list[Organisation] = []
        self.found: list[Organisation] = []
        self.sought = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the ticked boxes; the hidden empty value that marks the field as sent is no organisation."""
        if valuelist:
            self.data = [int(text) for text in valuelist if text.isascii() and text.isdigit() and len(text) < 16]

    def pre_validate(self, form: Any) -> None:
        """Refuse more than may be invited."""
        if len(self.data) > MAX_INVITED:
            raise StopValidation(gettext("At most %(count)s organisations may be invited.", count=MAX_INVITED))

    def fill_choices(self, form: Any) -> None:
        """Load the chosen and the found; what is not a verified organisation any more falls out."""
        own = actor().org_id
        ids = list(dict.fromkeys(self.data))
        # One more than allowed is enough to be refused, however many were sent.
        self.chosen = [one for one in organisations(ids[: MAX_INVITED + 1]) if one.verified and one.id != own]
        self.data = [one.id for one in self.chosen]
        self.sought = clean_line(request.form.get(self.find_name, ""))[:100]
        taken = set(self.data)
        self.found = [one for one in find_organisations(self.sought, own) if one.id not in taken]

    @property
    def find_name(self) -> str:
        """Name of the search box."""
        return f"{self.name}-find"

    def handle_button(self, pressed: Mapping[str, Any]) -> bool:
        """True when the search button was pressed; the results are there already."""
        return f"find-{self.name}" in pressed

    def stored(self) -> list[int]:
        """Return what to store."""
        return self.data
