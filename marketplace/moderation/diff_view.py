"""The submitted fields side by side with the published ones, compared word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from marketplace.authoring.formatting import cell, row_text, shown
from marketplace.authoring.kinds import FieldSpec, Kind, is_empty
from marketplace.files.models import Attachment
from marketplace.moderation.template_helpers import organisation_names

_TOKENS = re.compile(r"\s+|\d+(?:[.,]\d+)*|\w+|[^\w\s]")
_BY_WORDS = {"text", "prose", "rows", "box"}  # other shapes change as a whole
_DIFF_LIMIT = 6_000  # tokens of both texts; longer ones are shown whole, struck and tinted
_ALIKE = 0.3  # below this the texts have so little in common that word marks only confuse


@dataclass(frozen=True)
class Shown:
    """One field as the case page shows it: the present value, and both texts with marks when they differ."""

    label: str
    value: str | Markup | None
    old: Markup
    new: Markup
    changed: bool
    tier: str
    step: str
    prose: bool


@dataclass(frozen=True)
class FileChange:
    """One file of either version. `change` is "", added or removed."""

    attachment: Attachment
    change: str


def plain(spec: FieldSpec, value: Any) -> str:
    """Return a value as plain text for comparing; empty when nothing is stated."""
    if is_empty(value):
        return ""
    if spec.shape == "prose":
        return str(value)
    if spec.shape == "rows":
        return "\n".join(row_text(spec.columns, row) for row in value)
    if spec.shape == "box":
        return "\n".join(
            f"{_(column.label)}: {cell(column.shape, column.vocabulary, value[column.name])}"
            for column in spec.columns
            if not is_empty(value.get(column.name))
        )
    return str(_readable(spec, value) or "")


def _readable(spec: FieldSpec, value: Any) -> str | Markup | None:
    if spec.name == "invited_org_ids":
        return ", ".join(organisation_names(value)) or None
    return shown(spec, value)


def compare(kind: Kind, old: Any | None, new: Any, tiers: Iterable[str]) -> list[Shown]:
    """Return every stated field of the readable tiers, old beside new, in the order of the form."""
    allowed = set(tiers)
    found = []
    for spec in kind.fields:
        if spec.tier not in allowed:
            continue
        before = plain(spec, getattr(old, spec.name)) if old is not None else ""
        after = plain(spec, getattr(new, spec.name))
        if not before and not after:
            continue
        changed = old is not None and before != after
        left, right = Markup(), Markup()
        if changed:
            left, right = marked(before, after) if spec.shape in _BY_WORDS else (_wrap("del", before), _wrap("ins", after))
        value = _readable(spec, getattr(new, spec.name))
        found.append(Shown(_(spec.label), value, left, right, changed, spec.tier, spec.step, spec.shape == "prose"))
    return found


def marked(old: str, new: str) -> tuple[Markup, Markup]:
    """Return both texts with what went struck and what came tinted, word by word."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if not before or not after or len(before) + len(after) > _DIFF_LIMIT or not _alike(before, after):
        return _wrap("del", old), _wrap("ins", new)
    left, right = Markup(), Markup()
    for same, gone, came in _stretches(before, after):
        left += escape(gone) if same else _wrap("del", gone)
        right += escape(came) if same else _wrap("ins", came)
    return left, right


def _alike(before: list[str], after: list[str]) -> bool:
    old, new = ([token for token in tokens if token.strip()] for tokens in (before, after))
    return difflib.SequenceMatcher(None, old, new, autojunk=False).ratio() >= _ALIKE


def _stretches(before: list[str], after: list[str]) -> list[tuple[bool, str, str]]:
    """Return (same?, old, new) pieces; white space between two changes belongs to them."""
    found: list[tuple[bool, str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        same = tag == "equal" and bool(old.strip() or not found)
        if found and found[-1][0] == same:
            old, new = found[-1][1] + old, found[-1][2] + new
            found.pop()
        found.append((same, old, new))
    return found


def _wrap(tag: str, text: str) -> Markup:
    return Markup("<{tag}>{text}</{tag}>").format(tag=tag, text=text) if text else Markup()


def compare_files(old: list[Attachment] | None, new: list[Attachment], tiers: Iterable[str]) -> list[FileChange]:
    """Return the files of the new version and those it lost, of the readable tiers; `old` None is a first version."""
    allowed = set(tiers)

    def key(attachment: Attachment) -> tuple[int, str, str]:
        return attachment.file_id, attachment.role, attachment.tier

    before, after = {key(one) for one in old or []}, {key(one) for one in new}
    found = [FileChange(one, "" if old is None or key(one) in before else "added") for one in new if one.tier in allowed]
    return found + [FileChange(one, "removed") for one in old or [] if key(one) not in after and one.tier in allowed]
