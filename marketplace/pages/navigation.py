"""The frame of every page: main places, the role's rail, the account menu, the footer. One query: the bell's count."""

from __future__ import annotations

from flask import current_app, request
from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.permissions import (
    FOLLOW_DEALS,
    MANAGE_STAFF,
    MODERATE,
    OVERSEE_DEALS,
    READ_DECISIONS,
    READ_DELIVERIES,
    STAFF,
)
from marketplace.notifications.queries import unread_count
from marketplace.web.templating import NavItem, Shell


def _item(label: str, href: str, icon: str = "") -> NavItem:
    here = request.path
    within = href not in {"/", "/staff"} and here.startswith(href + "/")  # /staff/… are places of their own
    active = here == href or within
    return NavItem(label, href, icon, active=active)


def fill(shell: Shell, actor: Actor) -> None:
    """Fill the frame for this reader."""
    shell.nav = [
        _item(_("Technologies"), "/technologies"),
        _item(_("Needs"), "/needs"),
        _item(_("Organisations"), "/organisations"),
    ]
    shell.footer = [
        NavItem(_("About"), "/about"),
        NavItem(_("Operating regulation"), "/regulation"),
        NavItem(_("Terms of use"), "/terms"),
        NavItem(_("Privacy"), "/privacy"),
    ]
    if request.path.startswith("/needs"):
        shell.search_action = "/needs"
    if not actor.signed_in:
        shell.account = [{"label": _("Sign in"), "href": "/login"}, {"label": _("Register"), "href": "/register"}]
        return
    shell.actor = {"name": actor.name, "org_name": actor.org_name, "orgs": _orgs(actor)}
    shell.switch_action = "/account/act-for"
    shell.inbox_href, shell.inbox_count = "/inbox", unread_count(actor)
    shell.account = [
        {"label": _("My account"), "href": "/account"},
        {"label": _("Notifications"), "href": "/account/notifications"},
        {"label": _("My organisations"), "href": "/my/organisations"},
        {"label": _("Sign out"), "href": "/logout", "method": "post"},
    ]
    shell.rail = _rail(actor)


def _orgs(actor: Actor) -> list[dict[str, object]]:
    return [{"id": org_id, "name": name, "current": org_id == actor.org_id} for org_id, name in actor.orgs]


def _rail(actor: Actor) -> list[tuple[str, list[NavItem]]]:
    first = [_item(_("Today"), "/dashboard", "house"), _item(_("Saved searches"), "/my/searches", "bookmark")]
    groups = [("", first), (_("Our organisation"), _own(actor))]
    if actor.may(MODERATE):
        groups.append(
            (
                _("Operation"),
                [
                    _item(_("Moderation"), "/moderation", "list-check"),
                    _item(_("Import"), "/imports", "upload"),
                    _item(_("Texts"), "/staff/texts", "file-earmark-text"),
                    _item(_("Held notifications"), "/staff/held-notifications", "pause-circle"),
                ],
            )
        )
    elif actor.may(READ_DECISIONS):  # they read what moderators decide
        places = [
            _item(_("Decisions"), "/moderation/decided", "clipboard-check"),
            _item(_("Figures"), "/moderation/figures", "bar-chart"),
        ]
        groups.append((_("Moderation"), places))
    if actor.may(OVERSEE_DEALS):
        groups.append((_("From interest to deal"), _trade(actor)))
    if actor.may(READ_DELIVERIES):
        groups.append((_("Administration"), _administration(actor)))
    if not current_app.extensions["settings"].production and actor.may(STAFF):
        places = [_item(_("Mailbox"), "/mailbox", "envelope"), _item(_("Components"), "/styleguide", "palette")]
        groups.append((_("Development"), places))
    return groups


def _administration(actor: Actor) -> list[NavItem]:
    deliveries = _item(_("Deliveries"), "/staff/deliveries", "envelope")
    if not actor.may(MANAGE_STAFF):
        return [deliveries]
    return [
        _item(_("Staff"), "/staff", "people"), _item(_("Work queue"), "/staff/background", "gear"),
        _item(_("Retention"), "/staff/retention", "hourglass"), deliveries,
    ]


def _own(actor: Actor) -> list[NavItem]:
    """What the organisation acted for has, or the way to one."""
    if actor.org_id is None:
        return [_item(_("Organisations"), "/my/organisations", "building")]
    return [
        _item(_("Our technologies"), "/my/listings", "box-seam"),
        _item(_("Our needs"), "/my/needs", "bullseye"),
        _item(_("Our conversations"), "/my/leads", "chat-left-text"),
        _item(_("Our deals"), "/my/deals", "briefcase"),
        _item(_("Organisation"), "/my/organisation", "building"),
    ]


def _trade(actor: Actor) -> list[NavItem]:
    """What the staff sees of leads and deals; complaints are the officers'."""
    places = [_item(_("Leads"), "/staff/leads", "people"), _item(_("Deals"), "/staff/deals", "briefcase")]
    if actor.may(FOLLOW_DEALS):
        places.append(_item(_("Complaints"), "/staff/complaints", "flag"))
    return [*places, _item(_("Matching"), "/staff/matching", "arrow-left-right")]
