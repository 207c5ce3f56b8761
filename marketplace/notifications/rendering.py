"""The sentence of a notification, made when it is read: in the reader's language, with the names they may know now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.subjects import SUBJECTS, Ref
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import MESSAGES
from marketplace.values import clock
from marketplace.vocabulary import VOCABULARIES
from marketplace.web.i18n import language

#: Places that a sentence may have beside the notification's own params, where the thing has two parties.
PLACES = ("party", "supplier", "buyer")
OTHER = {"supplier": "buyer", "buyer": "supplier"}


def sentences(rows: Sequence[Notification], reader: Actor) -> dict[int, str]:
    """Return the sentence of each notification for this reader; one statement per kind of thing with parties."""
    names = _names({ref for row in rows if (ref := parties_of(row.params))}, reader)
    return {row.id: sentence(row.message, row.params, names.get(parties_of(row.params))) for row in rows}


def sentence(message: str, params: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """Return one sentence; of a version that knew other sentences, a general one. `names` are those of the parties."""
    places = {name: _value(name, value) for name, value in params.items()}
    if names:
        side = str(params.get("side", ""))
        places |= {**names, "party": names[OTHER.get(side, "buyer")]}
    try:
        said = _(MESSAGES[message]) % places
    except (KeyError, TypeError, ValueError):
        return _("Something has changed. Open it to see what.")
    return said[:1].upper() + said[1:]


def parties_of(params: Mapping[str, Any]) -> Ref | None:
    """Return the thing whose parties a sentence names. Notifications told before there were others say `lead`."""
    if params.get("parties"):
        kind, id_ = params["parties"]
        return Ref(str(kind), int(id_))
    return Ref("lead", int(params["lead"])) if params.get("lead") else None


def term(vocabulary: str, code: str) -> dict[str, str]:
    """Return a param that reads as the label of a code."""
    return {"vocabulary": vocabulary, "code": code}


def _names(refs: Collection[Ref], reader: Actor) -> dict[Ref | None, Mapping[str, str]]:
    """Return the names of the parties that this reader may know now."""
    found: dict[Ref | None, Mapping[str, str]] = {}
    for kind in {ref.kind for ref in refs} & set(SUBJECTS):
        names = SUBJECTS[kind].parties([ref.id for ref in refs if ref.kind == kind], reader)
        found |= {Ref(kind, id_): one for id_, one in names.items()}
    return found


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        code = str(value.get("code", ""))
        return VOCABULARIES[value["vocabulary"]].label(code, language()) if code else "–"
    if name.endswith("_on") and value:
        return clock.format_date(date.fromisoformat(value))
    return value
