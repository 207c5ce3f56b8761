"""Filters and helpers for templates: money, dates, relative time, labels, the shell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markdown_it import MarkdownIt
from markupsafe import Markup
from nh3 import ALLOWED_TAGS, clean

from marketplace.core.access import Actor, actor
from marketplace.core.permissions import PERMISSIONS
from marketplace.values import clock, money
from marketplace.values.initials import initials, tone
from marketplace.vocabulary import VOCABULARIES, Vocabulary
from marketplace.web import back_links
from marketplace.web.charts import spark_points
from marketplace.web.forms import files_sent
from marketplace.web.i18n import LOCALES, in_template, language
from marketplace.web.panels import panels

# No pictures: every reader's browser would fetch their addresses in the reader's name.
_markdown = (
    MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(["table", "linkify"]).disable("image")
)
_TAGS = ALLOWED_TAGS - {"img"}


def prose(value: str | None) -> Markup:
    """Render people's text: paragraphs, lists, emphasis and links; everything else is inert."""
    html = _markdown.render(value or "")
    return Markup(clean(html, tags=_TAGS, link_rel="nofollow noopener noreferrer ugc"))  # noqa: S704 - cleaned by nh3


def number(value: float | int | None, digits: int = 0) -> str:
    """Return a number with dot groups and a decimal comma (3.901,7)."""
    if value is None:
        return "–"
    if type(value) is int and not digits and -1000 < value < 1000:
        return str(value)  # most counts: nothing to group
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language() == "vi" else text


def relative(moment: datetime | None) -> str:
    """Return how long ago (or ahead) a moment is, in words."""
    if moment is None:
        return "–"
    seconds = int((clock.now() - moment).total_seconds())
    ahead, seconds = seconds < 0, abs(seconds)
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return _relative_words(unit, seconds // size, ahead)
    return _("just now")


def _relative_words(unit: str, count: int, ahead: bool) -> str:
    if unit == "d":
        return (
            ngettext("in %(num)s day", "in %(num)s days", count) if ahead
            else ngettext("%(num)s day ago", "%(num)s days ago", count)
        )
    if unit == "h":
        return (
            ngettext("in %(num)s hour", "in %(num)s hours", count) if ahead
            else ngettext("%(num)s hour ago", "%(num)s hours ago", count)
        )
    return (
        ngettext("in %(num)s minute", "in %(num)s minutes", count) if ahead
        else ngettext("%(num)s minute ago", "%(num)s minutes ago", count)
    )


def label(code: str | None, vocabulary: Vocabulary | str) -> str:
    """Return the label of a code in the reader's language; "not stated" for nothing. A vocabulary may go by its name."""
    known = VOCABULARIES[vocabulary] if isinstance(vocabulary, str) else vocabulary
    return known.label(code, language()) if code else _("not stated")


def file_size(count: int) -> str:
    """Return a size in kB or MB."""
    return f"{number(count / 1_000_000, 1)} MB" if count >= 1_000_000 else f"{number(max(1, count // 1000))} kB"


@dataclass(frozen=True)
class NavItem:
    """One place to go. `count` is shown beside it when it is not None."""

    label: str
    href: str
    icon: str = ""
    count: int | None = None
    active: bool = False


@dataclass
class Shell:
    """What the page frame shows; pages fill it."""

    nav: list[NavItem] = field(default_factory=list)
    rail: list[tuple[str, list[NavItem]]] = field(default_factory=list)
    actor: Any = None
    inbox_count: int = 0
    languages: list[dict[str, Any]] = field(default_factory=list)
    account: list[dict[str, Any]] = field(default_factory=list)
    footer: list[NavItem] = field(default_factory=list)
    search_action: str = "/technologies"
    switch_action: str = ""
    inbox_href: str = ""
    crumbs: list[dict[str, str]] = field(default_factory=list)


def shell() -> Shell:
    """Build the page frame's data for this request; costs no query beyond the actor."""
    who = actor()
    made = Shell(languages=_languages(back_links.here()), actor=None)
    provider: Callable[[Shell, Actor], None] | None = current_app.extensions.get("shell_provider")
    if provider is not None:
        provider(made, who)
    return made


def _languages(target: str) -> list[dict[str, Any]]:
    names = {"vi": "Tiếng Việt", "en": "English"}
    return [
        {
            "code": code,
            "label": names[code],
            "href": url_for("web.switch_language", code=code, next=target),
            "current": language() == code,
        }
        for code in LOCALES
    ]


def register(app: Flask) -> None:
    """Register filters, globals and the shell."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.do")
    filters: Mapping[str, Callable[..., Any]] = {
        "money": lambda value: "–" if value is None else money.format_amount(value, "VND", language()),
        "money_short": lambda value: "–" if value is None else money.format_short(value, language()),
        "date": lambda value: "–" if value is None else _date_of(value),
        "datetime": lambda value: "–" if value is None else clock.format_datetime(value),
        "number": number,
        "relative": relative,
        "prose": prose,
        "term": label,
        "initials": initials,
        "tone": tone,
        "spark_points": spark_points,
        "file_size": file_size,
    }
    env.filters.update(filters)
    settings = app.extensions["settings"]
    env.globals.update(panels=panels, language=language, actor=actor, was_sent=files_sent, may=_may)
    env.globals.update(site_name=settings.site_name, base_url=settings.base_url)
    env.globals.update({"_": in_template, "gettext": in_template, "url_for": _addresses()})
    app.context_processor(lambda: {"shell": _LazyShell()})


def _addresses() -> Callable[..., str]:
    """Return `url_for` that builds the address of a static file once: it changes with the release only."""
    known: dict[tuple[str, str, str], str] = {}

    def address(endpoint: str, **values: Any) -> str:
        if not endpoint.endswith("static") or values.keys() != {"filename"} or not has_request_context():
            return url_for(endpoint, **values)
        key = (request.script_root, endpoint, values["filename"])
        if key not in known:
            known[key] = url_for(endpoint, **values)
        return known[key]

    return address


def _may(permission: str) -> bool:
    """Return True when the reader holds the permission of this name: `{% if may("moderate") %}`."""
    return actor().may(PERMISSIONS[permission])


def _date_of(value: date | datetime) -> str:
    return clock.format_date(clock.local(value).date() if isinstance(value, datetime) else value)


class _LazyShell:
    """The shell is built on first use: templates of mails and fragments never need it."""

    def __getattr__(self, name: str) -> Any:
        if "shell" not in g:
            g.shell = shell()
        return getattr(g.shell, name)
