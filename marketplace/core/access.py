"""The gate: every route names the permission that opens it; a route without one is refused.

Here lives only the question "may you open this page"; the permissions themselves are in `marketplace.core.permissions`.
What may be done to one thing is the lifecycle's question, and what may be seen of it is each feature's visibility rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from marketplace.core.permissions import DEVELOPMENT, MODERATE, PUBLIC, Permission


class SecondStepNeeded(Forbidden):
    """The person holds the role, but this session was made with a password alone."""


class FreshSignInNeeded(Forbidden):
    """The person may do this, but showed a password, a code or a passkey too long ago."""


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
    staff_roles: frozenset[str] = frozenset()  # codes of STAFF_ROLES
    withheld: frozenset[str] = frozenset()  # roles that count only after a second step, which this session lacks
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        """True for a person who is signed in."""
        return self.user_id is not None

    @property
    def is_member(self) -> bool:
        """True for whom "members" means: who acts for a verified organisation, and moderators. An account alone is not."""
        return self.org_verified or self.may(MODERATE)

    def may(self, permission: Permission) -> bool:
        """Return True when the person holds this permission, by a role or by what it asks instead of one."""
        match permission.level:
            case "staff":
                return permission.held_by(self.staff_roles)
            case "member":
                return self.org_id is not None and permission.held_by(self.org_roles)
            case "verified":
                return self.org_verified
            case "acting":
                return self.org_id is not None
            case "signed_in":
                return self.signed_in
            case "public" | "development":
                return True

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


#: Permissions of routes that are not ours, by endpoint; a feature adds its third party's with `mark_endpoints`.
FOREIGN: dict[str, Permission] = {"static": PUBLIC, "bootstrap.static": PUBLIC}


def mark_endpoints(marks: Mapping[str, Permission]) -> None:
    """Give third-party endpoints their permissions; a test proves that none is forgotten."""
    FOREIGN.update(marks)


def access(permission: Permission) -> Callable[[F], F]:
    """Mark a view function with who may open it. Put it directly under the route decorator."""

    def decorate(view: F) -> F:
        view.__access__ = permission  # type: ignore[attr-defined]
        return view

    return decorate


def requires_fresh_sign_in(*methods: str) -> Callable[[F], F]:
    """Let only people who signed in, or confirmed it, a few minutes ago use a view: what a borrowed session must not do.

    Put it under `@access`. It holds for POST unless other methods are named; name "GET" too where a form takes files,
    which nobody wants to choose twice. What was typed is kept and shown again (`web.errors`).
    """

    def decorate(view: F) -> F:
        view.__fresh__ = frozenset(methods or ("POST",))  # type: ignore[attr-defined]
        return view

    return decorate


def mark_of(app: Flask, endpoint: str) -> Permission | None:
    """Return the permission that opens an endpoint, or None when it carries none."""
    if endpoint in FOREIGN:
        return FOREIGN[endpoint]
    return getattr(app.view_functions.get(endpoint), "__access__", None)


def actor() -> Actor:
    """Return who acts in this request; loaded once by the provider that a feature registers."""
    if "actor" not in g:
        provider: Callable[[], Actor] | None = current_app.extensions.get("actor_provider")
        g.actor = provider() if provider is not None else GUEST
    found: Actor = g.actor
    return found


def opens(mark: Permission, who: Actor) -> bool:
    """Return True when `who` may open pages that carry `mark`, here and now: production has no development pages."""
    return who.may(mark) and not (mark.level == "development" and current_app.extensions["settings"].production)


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
    if not opens(mark, who):
        if mark.held_by(who.withheld):
            raise SecondStepNeeded
        raise Forbidden if who.signed_in or mark is DEVELOPMENT else Unauthorized
    asked = getattr(current_app.view_functions[request.endpoint], "__fresh__", ())
    if request.method in asked and not current_app.extensions["fresh_sign_in"]():
        raise FreshSignInNeeded
