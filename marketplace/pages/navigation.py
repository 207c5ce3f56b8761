"""The frame of every page: main places, the role's rail, the account menu, the footer. One query: the bell's count."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.rail import places_for
from marketplace.notifications.queries import unread_count
from marketplace.web.templating import NavItem, Shell


def _item(label: str, href: str, icon: str = "", covers: tuple[str, ...] = ()) -> NavItem:
    here = request.path
    within = href not in {"/", "/staff"} and here.startswith(href + "/")  # /staff/… are places of their own
    covered = any(here == one or here.startswith(one + "/") for one in covers)
    return NavItem(label, href, icon, active=here == href or within or covered)


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
    """Return the places of this reader's rail, each feature's own (`core.rail`), by heading.

    A page below two of them (/money and /money/fees) is at the nearer one.
    """
    groups = [
        (_(heading) if heading else "", [
            _item(_(place.label), place.href, place.icon, place.covers) for place in places])
        for heading, places in places_for(actor)
    ]
    here = max((item.href for _heading, items in groups for item in items if item.active), key=len, default="")
    return [(heading, [replace(item, active=item.href == here) for item in items]) for heading, items in groups]
