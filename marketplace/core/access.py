"""The gate: every route carries a mark that says who may open it; a route without one is refused.

Here lives only the question "may you open this page". What may be done to one thing is the lifecycle's question, and
what may be seen of it is each feature's visibility rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden, Unauthorized

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, for at most one organisation at a time. Plain data; actions take this, never a request."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    locale: str = "vi"
    org_id: int | None = None  # the organisation acted for
    org_name: str = ""
    org_verified: bool = False
    org_roles: frozenset[str] = frozenset()  # admin, editor, signer: in the organisation acted for
    org_ids: frozenset[int] = frozenset()  # every organisation the person belongs to
    orgs: tuple[tuple[int, str], ...] = ()  # their ids and names, in the order of joining: for the switch
    staff_roles: frozenset[str] = frozenset()  # moderator, deal_officer, manager, leadership, admin, auditor
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        """True for a person who is signed in."""
        return self.user_id is not None

    @property
    def is_member(self) -> bool:
        """True for whom "members" means: who acts for a verified organisation, and moderators. An account alone is not."""
        return self.org_verified or self.is_staff("moderator", "admin")

    def is_staff(self, *roles: str) -> bool:
        """True when the person holds any of the staff roles named (any at all when none is named)."""
        return bool(self.staff_roles & set(roles)) if roles else bool(self.staff_roles)

    def audience(self) -> tuple[str, ...]:
        """Return the audience tokens this reader holds; the search filter's face of the visibility rule."""
        tokens = ["public"]
        if self.is_member:
            tokens.append("member")
        for org_id in sorted(self.org_ids):
            tokens += [f"org:{org_id}", f"invited:{org_id}"]
        return tuple(tokens)


GUEST = Actor()
SYSTEM = Actor(name="system", is_system=True)


@dataclass(frozen=True)
class Mark:
    """Who may open a page. `writes` is for the few GETs that write (confirmation links, logged reading)."""

    name: str
    allows: Callable[[Actor], bool] = field(repr=False)
    writes: bool = False

    def writing(self) -> Mark:
        """Return the same mark for a GET that writes."""
        return Mark(self.name, self.allows, writes=True)


PUBLIC = Mark("public", lambda actor: True)
SIGNED_IN = Mark("signed_in", lambda actor: actor.signed_in)
ACTING = Mark("acting", lambda actor: actor.org_id is not None)  # acts for an organisation
EDITOR = Mark("editor", lambda actor: actor.org_id is not None and bool(actor.org_roles & {"admin", "editor"}))
ORG_ADMIN = Mark("org_admin", lambda actor: actor.org_id is not None and "admin" in actor.org_roles)
VERIFIED = Mark("verified", lambda actor: actor.org_verified)
MODERATOR = Mark("moderator", lambda actor: actor.is_staff("moderator", "admin"))
STAFF = Mark("staff", lambda actor: actor.is_staff())
STAFF_ADMIN = Mark("staff_admin", lambda actor: actor.is_staff("admin"))
DEVELOPMENT = Mark("development", lambda actor: not current_app.extensions["settings"].production)

#: Marks of routes that are not ours, by endpoint; a feature adds its third party's routes here with `mark_endpoints`.
FOREIGN: dict[str, Mark] = {"static": PUBLIC, "bootstrap.static": PUBLIC}


def mark_endpoints(marks: Mapping[str, Mark]) -> None:
    """Give third-party endpoints their marks; a test proves that none is forgotten."""
    FOREIGN.update(marks)


def access(mark: Mark) -> Callable[[F], F]:
    """Mark a view function with who may open it. Put it directly under the route decorator."""

    def decorate(view: F) -> F:
        view.__access__ = mark  # type: ignore[attr-defined]
        return view

    return decorate


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """Return the mark of an endpoint, or None when it carries none."""
    if endpoint in FOREIGN:
        return FOREIGN[endpoint]
    return getattr(app.view_functions.get(endpoint), "__access__", None)


def actor() -> Actor:
    """Return who acts in this request; loaded once by the provider that `accounts` registers."""
    if "actor" not in g:
        provider = current_app.extensions.get("actor_provider")
        g.actor = provider(current_user) if provider and current_user.is_authenticated else GUEST
    found: Actor = g.actor
    return found


def gate() -> None:
    """Refuse a request whose route is unmarked or whose mark does not allow the actor (401 or 403)."""
    if request.endpoint is None or request.method == "OPTIONS":
        return
    mark = mark_of(current_app, request.endpoint)
    if mark is None:
        raise Forbidden(f"{request.endpoint} carries no access mark")
    if mark is PUBLIC:
        return
    who = actor()
    if not mark.allows(who):
        raise Forbidden if who.signed_in or mark is DEVELOPMENT else Unauthorized
