"""What there is to tell: a thing, what happened to it, and what the rows of the table need beside its Subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from marketplace.accounts.models import User
from marketplace.core.access import GUEST
from marketplace.core.events import Event
from marketplace.core.permissions import EDIT_CONTENT, Permission
from marketplace.core.subjects import Ref, Subject, known_by, subject, subject_of


@dataclass(frozen=True)
class Person:
    """Somebody who is told for a reason of their own, and the organisation for which they are told."""

    user: User
    org_id: int | None = None


@dataclass(frozen=True)
class Occasion:
    """One telling. `event` is None for what a clock or a digest tells; then `key` makes it unique per person.

    `members` is the permission whose holders in an organisation are told. `parts` are further audiences made of parts that
    organisations play, `persons` audiences made of people. `parties` is the thing from which the names of the sides are
    read later. `params` fill the sentence; `extra` is for letters and places.
    """

    row: Any
    event: Event | None = None
    key: str = ""  # "{org}" in it is the organisation for which somebody is told
    case: str = ""
    members: Permission = EDIT_CONTENT
    officer_id: int | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    persons: Mapping[str, Sequence[Person]] = field(default_factory=dict)
    parties: Ref | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> Subject:
        """What kind of thing it is about."""
        return subject_of(self.row)

    @cached_property
    def organisations(self) -> Mapping[str, int]:
        """The organisations of the thing, by the part they play."""
        return self.subject.organisations(self.row)

    @cached_property
    def acting(self) -> str:
        """The part played by the organisation that acted; empty: the exchange itself, or somebody from outside."""
        acted = self.event.on_behalf_of if self.event else None
        return next((part for part, org_id in self.organisations.items() if acted is not None and org_id == acted), "")

    @cached_property
    def named(self) -> tuple[Subject, Any]:
        """The thing by which people know it: a milestone is known by its deal."""
        if self.event is not None and not self.subject.code(self.row):
            ref = known_by(self.event)
            found = subject(ref.kind).row(ref.id)
            if found is not None:
                return subject(ref.kind), found
        return self.subject, self.row

    def key_for(self, org_id: int | None) -> str:
        """Return under which key somebody is told, once."""
        if not self.key and self.event is not None:
            return f"event:{self.event.id}"
        return self.key.replace("{org}", str(org_id))

    def filled(self, user: User) -> dict[str, Any]:
        """Return what fills the sentence for one person."""
        kind, row = self.named
        return {"title": kind.title(row, user.locale), "code": kind.code(row), **self.params}

    def path(self, user: User) -> str:
        """Return where the thing's own page is, for one person."""
        reader = replace(GUEST, user_id=user.id, locale=user.locale)  # a page's address asks for no role
        return self.subject.path(self.row, reader) or self.subject.own_path(self.row)
