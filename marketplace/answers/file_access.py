"""Who may read the files of an answer: who may read what it says. What is being written is its own people's."""

from __future__ import annotations

from marketplace.answers.models import Answer, AnswerVersion
from marketplace.answers.visibility import may_read_content
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.files.models import Attachment

KINDS = (Answer.subject_kind, AnswerVersion.subject_kind)


def thing_of(attachment: Attachment) -> Answer | None:
    """Return the answer that a file was sent with."""
    if attachment.subject_kind == Answer.subject_kind:
        return db.session.get(Answer, attachment.subject_id)
    version = db.session.get(AnswerVersion, attachment.subject_id)
    return db.session.get(Answer, version.answer_id) if version else None


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """True for the answer's own people, and of what was sent for those whose need it is."""
    answer = thing_of(attachment)
    if answer is None:
        return False
    if attachment.subject_kind == Answer.subject_kind:
        return answer.org_id in actor.org_ids
    return may_read_content(answer, actor)
