"""What happened, in words, for lists that mix things of several kinds."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Flask
from flask_babel import gettext as _

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import Actor
from marketplace.core.events import Event
from marketplace.core.permissions import MODERATE
from marketplace.core.subjects import SUBJECTS
from marketplace.organisations.models import Organisation
from marketplace.values import places
from marketplace.values.tax_code import masked
from marketplace.vocabulary import VOCABULARIES
from marketplace.web.i18n import language


def event_word(event: Event, code: str = "") -> str:
    """Return "Technology CN-2026-000001: Submitted for review" in the reader's language; `code` is the thing's."""
    declared = SUBJECTS.get(event.subject_kind)
    verb = event.action.partition(".")[2]
    thing = _(declared.listed_as or declared.label) if declared else event.subject_kind
    name = f"{thing} {code or event.data.get('code', '')}".strip()
    word = declared.event_word(event.action) if declared else ""
    return f"{name}: {_(word) if word else verb.replace('_', ' ')}"


def place_word(province: str, ward: str) -> str:
    """Return the place in the reader's language, or an empty string."""
    return places.label(province, ward, language()) if province else ""


def tax_code_for(organisation: Organisation, actor: Actor) -> str:
    """Return the tax code; a person's own number only to themselves and to operators."""
    private = organisation.kind == "individual"
    if private and organisation.id not in actor.org_ids and not actor.may(MODERATE):
        return masked(organisation.tax_code) if organisation.tax_code else ""
    return organisation.tax_code


def register(app: Flask) -> None:
    """Make the vocabularies and these words known to templates."""
    lifecycles = {one.kind: one.lifecycle for one in SUBJECTS.values() if one.lifecycle}
    app.jinja_env.globals.update(
        vocabularies=SimpleNamespace(**VOCABULARIES),
        states=SimpleNamespace(revision=REVISION, **lifecycles),
        event_word=event_word,
        place_word=place_word,
        tax_code_for=tax_code_for,
    )
