"""Vietnamese and English: reads the `.po` files of all features into one catalogue; chooses the reader's language.

The msgids are English, so English needs no catalogue. There is nothing to compile: `.po` is read at the first use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import current_app, g, has_request_context, request
from flask_babel import Domain, get_locale, refresh
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from marketplace.core.access import actor

FOLDER = Path(__file__).resolve().parent.parent / "translations"
LOCALES = ("vi", "en")
COOKIE = "lang"


@lru_cache(maxsize=4)
def catalogue(locale: str) -> NullTranslations:
    """Return the merged translations of all features for one locale."""
    merged: NullTranslations = NullTranslations()
    for path in sorted((FOLDER / locale).glob("*.po")):
        with path.open("rb") as source:
            buffer = BytesIO()
            write_mo(buffer, read_po(source, locale=locale))
        buffer.seek(0)
        part = Translations(buffer)
        if isinstance(merged, Translations):
            merged.merge(part)
        else:
            merged = part
    return merged


class Catalogues(Domain):
    """A Flask-Babel domain that answers from our catalogues."""

    def get_translations(self) -> Any:
        """Return the translations of the current locale."""
        return catalogue(language())


def language() -> str:
    """Return the current language code, `vi` or `en`."""
    if has_request_context():  # where Flask-Babel keeps what it has found: a page asks some hundred times
        known = getattr(g.get("_flask_babel"), "babel_locale", None)
        if known is not None:
            return str(known.language)
    found = get_locale()
    return found.language if found is not None else "vi"


@lru_cache(maxsize=8192)
def _said(locale: str, message: str) -> Markup:
    """Return a message without values in one language, as templates show it; each is looked up once per language."""
    return Markup(catalogue(locale).ugettext(message)) % {}  # noqa: S704 - a message of ours, as Jinja's own gettext has it


@pass_eval_context
def in_template(context: EvalContext, message: Any, /, **values: Any) -> Any:
    """What templates call as `_`: Jinja's newstyle gettext, without asking anew for a message that has no values."""
    locale = language()
    if context.autoescape and not values and type(message) is str:
        return _said(locale, message)
    said = catalogue(locale).ugettext(message)
    return (Markup(said) if context.autoescape else said) % values  # noqa: S704 - as above; values are escaped


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """Speak `locale` within the block, whoever reads the page: in mails, and in documents that have one language."""
    before = g.get("forced_locale")
    g.forced_locale = locale
    refresh()
    try:
        yield
    finally:
        if before is None:
            g.pop("forced_locale", None)
        else:
            g.forced_locale = before
        refresh()


def select_locale() -> str:
    """Choose the language: forced for this work (mails), the cookie, the person's setting, Vietnamese."""
    if "forced_locale" in g:
        return str(g.forced_locale)
    if has_request_context():
        cookie = request.cookies.get(COOKIE, "")
        if cookie in LOCALES:
            return cookie
        if "actor" in g and actor().locale in LOCALES:
            return actor().locale
    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


def without_asking() -> str:
    """Return the language for a page that may ask nothing of the database: cookie, who is known already, the browser's."""
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LOCALES:
        return cookie
    known = g.get("actor")
    if known is not None and known.signed_in and known.locale in LOCALES:
        return str(known.locale)
    return request.accept_languages.best_match(LOCALES) or str(current_app.config["BABEL_DEFAULT_LOCALE"])
