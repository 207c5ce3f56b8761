"""The submitted fields side by side with the published ones, compared word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from marketplace.authoring.display import cell, row_text, shown
from marketplace.authoring.kinds import FieldSpec, Kind, is_empty
from marketplace.files.models import Attachment
from marketplace.moderation.words import organisation_names

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
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
        left, right = marked(before, after) if changed else (Markup(), Markup())
        value = _readable(spec, getattr(new, spec.name))
        found.append(Shown(_(spec.label), value, left, right, changed, spec.tier, spec.step, spec.shape == "prose"))
    return found


def marked(old: str, new: str) -> tuple[Markup, Markup]:
    """Return both texts with what went struck and what came tinted, word by word."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if not before or not after or len(before) + len(after) > _DIFF_LIMIT:
        return _wrap("del", old), _wrap("ins", new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return _wrap("del", old), _wrap("ins", new)
    left, right = Markup(), Markup()
    for tag, a, b, c, d in matcher.get_opcodes():
        gone, came = "".join(before[a:b]), "".join(after[c:d])
        left += escape(gone) if tag == "equal" else _wrap("del", gone)
        right += escape(came) if tag == "equal" else _wrap("ins", came)
    return left, right


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
