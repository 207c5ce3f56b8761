"""A match in the reader's words: labels, the two values side by side, one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from marketplace.matching.factors import FITS, LABELS, MISFITS
from marketplace.matching.store import SIDES
from marketplace.values import money, places
from marketplace.vocabulary import CONTROL_CLASSES, COOPERATION_FORMS, SCIENCE_FIELDS, TRANSFER_FORMS
from marketplace.web.i18n import language

_FIT = {FITS: "yes", MISFITS: "no"}


def rows(factors: list[dict[str, Any]], ours: str, *, whole: bool = False) -> list[dict[str, str]]:
    """Return the factor rows for `components/match.html`; `ours` is the page's own side, a kind of SIDES.

    `whole` also gives those that say nothing new.
    """
    theirs = SIDES[ours].partner
    made = []
    for one in factors:
        if one["factor"] == "control" and one["verdict"] != MISFITS and not whole:
            continue  # that nothing forbids it is no news
        word, label = _WORDS[one["factor"]], LABELS[one["factor"]]
        made.append(
            {
                "label": _(label),
                "fit": _FIT.get(one["verdict"], "unknown"),
                "sentence": _sentence(one),
                "ours": word(one[ours]),
                "theirs": word(one[theirs]),
                "both": ", ".join((one.get("params") or {}).get("terms", ())) if one["factor"] == "text" else "",
            }
        )
    return made


def _sentence(one: dict[str, Any]) -> str:
    params = one.get("params") or {}
    message = str(one["message"])
    return _(message) % params if params else _(message)


def _codes(value: Any) -> str:
    labels = (COOPERATION_FORMS if code in COOPERATION_FORMS else TRANSFER_FORMS for code in value or [])
    return ", ".join(book.label(code, language()) for book, code in zip(labels, value or [], strict=True))


def _fields(value: Any) -> str:
    codes = value if isinstance(value, list) else [value]
    return ", ".join(SCIENCE_FIELDS.label(code[:1], language()) for code in codes if code)


def _trl(value: Any) -> str:
    if isinstance(value, list):
        low, high = value
        if low and high and low != high:
            return f"TRL {low}–{high}"
        return f"TRL {low or high}" if low or high else ""
    return f"TRL {value}" if value else ""


def _money(value: Any) -> str:
    low, high = value or (None, None)
    shown = [money.format_short(one, language()) for one in dict.fromkeys((low, high)) if one is not None]
    return " – ".join(shown)


_WORDS: dict[str, Callable[[Any], str]] = {
    "text": lambda _value: "",
    "field": _fields,
    "trl": _trl,
    "money": _money,
    "form": _codes,
    "control": lambda value: CONTROL_CLASSES.label(value, language()) if value else "–" if value is None else "",
    "place": lambda value: places.label(value, "", language()) if value else "",
}
