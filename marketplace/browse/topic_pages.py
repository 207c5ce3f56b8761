"""The pages of topics: all of them, and what is new under one."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.browse.catalogues import NEEDS, TECHNOLOGIES
from marketplace.browse.indexing import engine
from marketplace.browse.lookup import Lookup
from marketplace.browse.search_request import parse
from marketplace.browse.topics import tile, tiles, topic_page
from marketplace.core.access import access, actor
from marketplace.core.permissions import PUBLIC
from marketplace.vocabulary import (
    HANOI_PRIORITY_FIELDS,
    SCIENCE_FIELDS,
    TOPICS,
    priorities_of,
    science_fields_of,
    topic,
)
from marketplace.web.i18n import language
from marketplace.web.kept_pages import keeps_page

bp = Blueprint("topics", __name__)


@bp.get("/topics")
@access(PUBLIC)
@keeps_page
def every() -> ResponseReturnValue:
    """Show all topics with how much stands under each."""
    return render_template("browse/topics.html", tiles=tiles(language()))


@bp.get("/topics/<slug>")
@access(PUBLIC)
@keeps_page
def one(slug: str) -> ResponseReturnValue:
    """Show what is new under a topic, whose it is, and offer to hear of more."""
    found = topic(slug) or abort(404)
    searches = [
        (each, parse(each, MultiDict([("topic", slug)]), Lookup(engine(), actor(), each.kind, language(), _)))
        for each in (TECHNOLOGIES, NEEDS)
    ]
    return render_template(
        "browse/topic.html",
        topic=found, top=TOPICS.get(found.parent), tile=tile(slug, language()), found=topic_page(slug, actor(), language()),
        searches=searches, beside=[one for one in TOPICS.children(found.parent) if found.parent and one.code != slug],
        fields=[(code, SCIENCE_FIELDS.label(code, language())) for code in science_fields_of([slug])],
        priorities=[(code, HANOI_PRIORITY_FIELDS.label(code, language())) for code in priorities_of([slug])],
    )
