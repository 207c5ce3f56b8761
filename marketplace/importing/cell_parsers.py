"""Columns that decide about several fields or need rules of their own: keywords, contacts, money, patents, deadlines."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from marketplace.core.errors import DomainError
from marketplace.importing.draft import Draft
from marketplace.importing.rows import shown
from marketplace.importing.text_cleaning import is_blank
from marketplace.values import money
from marketplace.values.text import clean_line, fold, word_key
from marketplace.values.word_list import split_words
from marketplace.vocabulary import LANGUAGES

MAX_TAGS = 30
TAG_LENGTH = 60

LANGUAGE_CODES = {
    name: term.code
    for term in LANGUAGES.terms
    for name in (term.code, fold(term.vi), fold(term.en), fold(term.vi).removeprefix("tieng "))
}
_STATUSES = {
    "granted": (
        "issued", "granted", "patented", "in force", "da cap", "da cap bang", "da cap van bang",
        "duoc cap bang", "con hieu luc",
    ),
    "filed": ("application", "filed", "pending", "applied", "da nop don", "da nop", "dang tham dinh", "cho cap"),
    "published": ("published", "da cong bo", "cong bo don"),
    "expired": ("expired", "lapsed", "het hieu luc", "het han"),
    "refused": ("refused", "rejected", "withdrawn", "abandoned", "tu choi", "da rut"),
}
_STATUS_CODES = {name: code for code, names in _STATUSES.items() for name in names}
_US_SERIAL = re.compile(r"[0-9]{2}/[0-9]{3},?[0-9]{3}")
_SERIAL_SHAPE = re.compile(r"[0-9]{0,2}/.*")
_RANGE = re.compile(r"\s+(?:-|–|—|to|đến)\s+|\s*[–—]\s*", re.I)
_NEGOTIABLE = frozenset({"thoa thuan", "negotiable", "to be negotiated", "lien he", "theo thoa thuan", "thuong luong"})
_TRL = re.compile(r"(?:trl\s*)?([1-9])(?:\s*(?:-|–|to|den|đến)\s*(?:trl\s*)?([1-9]))?", re.I)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def tags(draft: Draft) -> list[str]:
    """Return the keywords: at most MAX_TAGS of TAG_LENGTH characters, each once; the others are kept in the text."""
    found: dict[str, str] = {}
    for column in draft.plan.columns.get("tags", ()):
        cell = draft.row.values.get(column, "")
        separator = draft.plan.separators.get("tags")
        if isinstance(cell, list):
            words = cell
        else:
            words = shown(cell).split(separator) if separator else split_words(shown(cell), bars=True)
        for word in words:
            word = clean_line(word)
            if not is_blank(word):
                found.setdefault(word_key(word), word)
    short = [word for word in found.values() if len(word) <= TAG_LENGTH][:MAX_TAGS]
    if len(short) < len(found):
        draft.note("tags_cut", found=len(found), max=len(short))
        left = [word for word in found.values() if word not in short]
        draft.keep(", ".join(draft.plan.columns["tags"]), "; ".join(left))
    return short


def web_address(draft: Draft) -> str:
    """Return an http(s) address that fits its column, else keep it as text."""
    text = draft.line("url")
    if not text:
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in {"http", "https"} and "." in parts.netloc and len(text) <= 480 and " " not in text:
        return parts.geturl()
    draft.note("url_unusable", "url")
    draft.keep_field("url")
    return ""


def contact(draft: Draft) -> dict[str, str]:
    """Return the contact (members' tier); what does not fit is left out, never moved into the public text."""
    found = {}
    for name, limit in (("contact_name", 200), ("contact_email", 255), ("contact_phone", 30)):
        text = draft.line(name)
        if text and (len(text) > limit or (name == "contact_email" and not _MAIL.fullmatch(text))):
            draft.note("contact_unusable", name, value="")
            text = ""
        found[name] = text
    return found


def trl_range(draft: Draft) -> tuple[int, int] | None:
    """Return the lowest and highest level stated, or None."""
    text = draft.line("trl")
    if not text:
        return None
    match = _TRL.fullmatch(text)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        draft.note("trl_unreadable", "trl")
        draft.keep_field("trl")
        return None
    return int(match[1]), int(match[2] or match[1])


def amounts(draft: Draft, name: str) -> tuple[int, int] | None:
    """Return (lowest, highest) đồng stated in a field, or None; what cannot be read is kept as text."""
    text = draft.line(name)
    if not text:
        return None
    try:
        parts = [money.parse_vnd(part) for part in _RANGE.split(text)]
    except DomainError:
        parts = []
    if len(parts) not in {1, 2} or parts[0] > parts[-1] or not parts[-1]:
        draft.note("money_unreadable", name)
        draft.keep_field(name)
        return None
    return parts[0], parts[-1]


def ends(draft: Draft) -> tuple[int | None, int | None] | None:
    """Return what the columns of the lowest and the highest amount state, or None when the file has neither."""
    if not draft.states("money_min") and not draft.states("money_max"):
        return None
    low, high = amount(draft, "money_min"), amount(draft, "money_max")
    if low is not None and high is not None and low > high:
        draft.note("money_order", "money_max", other=draft.plan.column("money_min"))
        draft.keep_field("money_min")
        draft.keep_field("money_max")
        return None, None
    return low, high


def amount(draft: Draft, name: str) -> int | None:
    """Return the đồng stated in a field, or None; what cannot be read is kept as text."""
    try:
        return money.parse_vnd(line) if (line := draft.line(name)) else None
    except DomainError:
        draft.note("money_unreadable", name)
        draft.keep_field(name)
        return None


def listing_values(draft: Draft, mode: str) -> dict[str, Any]:
    """Return the fields of listings that are not simply one column; `mode` is the way of pricing that the file states."""
    levels = trl_range(draft)
    if levels is not None and levels[0] != levels[1]:
        draft.note("trl_unreadable", "trl")
        draft.keep_field("trl")
        levels = None
    return {
        "trl": levels[0] if levels else None,
        "ip": patent(draft),
        **_price(draft, mode),
    }


def _price(draft: Draft, mode: str) -> dict[str, Any]:
    stated = ends(draft)
    if stated is not None:
        draft.keep_field("price")
        guess = "" if stated == (None, None) else "fixed" if stated[0] == stated[1] else "range"
        return {"pricing_mode": mode or guess, "price_min": stated[0], "price_max": stated[1]}
    if fold(draft.line("price")) in _NEGOTIABLE:
        return {"pricing_mode": mode or "negotiable", "price_min": None, "price_max": None}
    found = amounts(draft, "price")
    if found is None:
        return {"pricing_mode": mode, "price_min": None, "price_max": None}
    guess = "fixed" if found[0] == found[1] else "range"
    return {"pricing_mode": mode or guess, "price_min": found[0], "price_max": found[1]}


def patent(draft: Draft) -> list[dict[str, Any]]:
    """Return the row of a patent: only what the file states. The country follows from a US serial number's form."""
    number, status = draft.line("ip_number"), draft.line("ip_status")
    filed = draft.day("ip_filed")
    expires = draft.day("ip_expires", after=filed, other="ip_filed")
    stated = bool(draft.line("ip_expires"))
    if not (number or filed or stated):
        return []
    row: dict[str, Any] = {"kind": "patent", "status": _STATUS_CODES.get(fold(status), "")}
    if status and not row["status"]:
        draft.note("status_unknown", "ip_status")
        draft.keep_field("ip_status")
    row["number"] = _number(draft, number)
    row["country"] = "US" if _US_SERIAL.fullmatch(number.replace(" ", "")) else ""
    row["filed_on"] = filed.isoformat() if filed else ""
    row["expires_on"] = expires.isoformat() if expires else ""
    return [row]


def _number(draft: Draft, number: str) -> str:
    digits = sum(ch.isdigit() for ch in number)
    if not number or (digits >= 6 and not (_SERIAL_SHAPE.fullmatch(number) and digits != 8)):
        return number[:100]
    draft.note("number_malformed", "ip_number")
    draft.keep_field("ip_number")
    return number[:100] if digits > 1 else ""


def need_values(draft: Draft, highest: int | None) -> dict[str, Any]:
    """Return the fields of needs that are not simply one column; `highest` is the level in a column of its own."""
    opens = draft.day("opens")
    closes = draft.day("closes", after=opens, other="opens")
    draft.keep_field("opens")
    levels = trl_range(draft)
    lowest = levels[0] if levels else None
    if not draft.states("trl_max"):
        highest = levels[1] if levels else None
    elif lowest is not None and highest is not None and highest < lowest:
        draft.note("number_unreadable", "trl_max")
        draft.keep_field("trl_max")
        highest = None
    return {"answer_deadline": closes, "trl_min": lowest, "trl_max": highest, **_budget(draft)}


def _budget(draft: Draft) -> dict[str, Any]:
    stated = ends(draft)
    if stated is not None:
        draft.keep_field("budget")
        return {"budget_min": stated[0], "budget_max": stated[1], "budget_note": ""}
    budget = amounts(draft, "budget")
    # One amount is a ceiling; a range states both ends. The words of the file stay beside it.
    return {
        "budget_min": budget[0] if budget and budget[0] != budget[1] else None,
        "budget_max": budget[1] if budget else None,
        "budget_note": draft.line("budget") if budget else "",
    }
