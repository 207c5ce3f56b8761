"""An answer as one reader sees it: what was sent beside what was asked. What may not be read is absent here already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from marketplace.answers.asked import Asked, Measure, Weighed, asked_of
from marketplace.answers.completeness import COMPARE, SEND, lacking
from marketplace.answers.content import Content, Criterion, Target
from marketplace.answers.lifecycle import ANSWER
from marketplace.answers.models import Answer, AnswerVersion
from marketplace.answers.queries import path_of, title_of
from marketplace.answers.visibility import may_read_content, requester_name
from marketplace.buyer_requests.models import NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.files.access import file_note, file_url
from marketplace.files.actions import HasFiles, attachments
from marketplace.vocabulary import ANSWER_DECLARATIONS, DECLINE_REASONS
from marketplace.web.i18n import language
from marketplace.web.templating import file_size


class Seen:
    """An answer in lists and headings. `side` is the reader's: supplier (who answers) or buyer."""

    def __init__(self, answer: Answer, actor: Actor) -> None:
        self.answer, self.path = answer, path_of(answer)
        self.title = title_of(answer, language())
        self.side = "supplier" if answer.org_id in actor.org_ids else "buyer"
        self.supplier = answer.organisation.name_in(language())
        self.requester = requester_name(answer.need, actor, language()) or _("Hidden requester")
        self.opposite = self.requester if self.side == "supplier" else self.supplier
        self.state = _(ANSWER.label(answer.state))
        self.reason = DECLINE_REASONS.label(answer.reason_code, language()) if answer.reason_code else ""


@dataclass(frozen=True)
class Said:
    """What one version says, against what was asked of it."""

    version: AnswerVersion | None
    content: Content
    asked: Asked
    targets: Sequence[tuple[Measure, Target]]
    criteria: Sequence[tuple[Weighed, Criterion]]
    declarations: Sequence[str]
    files: Sequence[dict[str, Any]]


def said_in(answer: Answer, version: AnswerVersion, actor: Actor) -> Said | None:
    """Return what a version says; None when this reader may not read it."""
    if not may_read_content(answer, actor):
        return None
    revision = db.session.get(NeedRevision, version.need_revision_id) if version.need_revision_id else None
    return _said(version, version.content, asked_of(revision or answer.need.published_revision), version)


def said_now(answer: Answer) -> Said:
    """Return what its own people have written so far."""
    return _said(None, answer.written, asked_of(answer.need.published_revision), answer)


def _said(version: AnswerVersion | None, content: Content, asked: Asked, holder: HasFiles) -> Said:
    return Said(
        version, content, asked,
        [(one, content.target(one.name)) for one in asked.measures],
        [(one, content.criterion(one.name)) for one in asked.criteria],
        [ANSWER_DECLARATIONS.label(code, language()) for code in content.declarations], files_of(holder),
    )


def files_of(holder: HasFiles) -> list[dict[str, Any]]:
    """Return the files of a version, or of what is written, as pages list them."""
    return [
        {"id": one.id, "name": one.file.name, "href": file_url(one), "size": file_size(one.file.size),
         "note": one.caption, "held": file_note(one)}
        for one in attachments(holder)
    ]


def missing(answer: Answer, edit_url: str) -> list[dict[str, Any]]:
    """Return the groups of what is missing, each linked to its field."""
    found = lacking(answer.written, asked_of(answer.need.published_revision))

    def items(stage: str) -> list[dict[str, str]]:
        return [
            {"label": _(one.message) % one.params if one.params else _(one.message), "href": f"{edit_url}#{one.field}"}
            for one in found if one.stage == stage
        ]

    return [
        {"title": _("Missing for sending"), "items": items(SEND), "ok": _("Ready to be sent.")},
        {"title": _("Makes it comparable"), "items": items(COMPARE), "ok": _("Everything can be compared.")},
    ]
