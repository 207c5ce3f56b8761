"""Verbs of an organisation on its own answer: begin, save, files, send, take back, begin anew."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.answers import consequences
from marketplace.answers.asked import asked_of
from marketplace.answers.completeness import SEND, lacking
from marketplace.answers.content import MOST_FILES, Content, to_data
from marketplace.answers.eligibility import answer_refusal, offer_refusal
from marketplace.answers.event_data import facts
from marketplace.answers.lifecycle import ANSWER, COMPARED_STATES, LEFT_STATES, WRITING_STATES
from marketplace.answers.models import Answer, AnswerVersion
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.codes import next_code
from marketplace.core.errors import IllegalMove, Invalid, Missing, NotAllowed, Stale
from marketplace.core.events import Event, record, transition
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.files.models import Attachment
from marketplace.listings.models import Listing
from marketplace.values import clock
from marketplace.values.text import N_, clean_line

TRIES = 3
REASON_LENGTH = 2000
#: States in which its organisation may write: the draft of a first version, or of the next one.
WRITABLE_STATES = (*WRITING_STATES, *COMPARED_STATES)


def begin(need: BuyerRequest, actor: Actor) -> Answer:
    """Return the organisation's answer to a need, to be written; a new one when there is none. Two at once get the same.

    One that was withdrawn or discarded is taken up again with what it said. Raises NotAllowed, IllegalMove.
    """
    if refusal := answer_refusal(need, actor):
        raise refusal
    for _ in range(TRIES):
        found = _present(need.id, actor.org_id or 0)
        if found is not None:
            if found.state in LEFT_STATES:
                _move(found, "resume", actor)
            return found
        try:
            with db.session.begin_nested():
                now = clock.now()
                made = Answer(code=next_code("TL"), need_id=need.id, org_id=actor.org_id, need=need, draft={},
                              created_at=now, saved_at=now, created_by_id=actor.user_id)
                db.session.add(made)
                db.session.flush()
        except IntegrityError as error:  # a colleague was faster, or somebody had the first number of the year
            failed = error
        else:
            record(made, "answer.create", actor, data=facts(made, actor))
            return made
    raise failed


def _present(need_id: int, org_id: int) -> Answer | None:
    rows = select(Answer).where(Answer.need_id == need_id, Answer.org_id == org_id)
    return db.session.scalars(rows.with_for_update(of=Answer).execution_options(populate_existing=True)).first()


def save(answer: Answer, content: Content, actor: Actor, lock: int) -> bool:
    """Keep what was written; False when it says what was kept already. The caller holds the answer's row.

    Raises NotAllowed, IllegalMove once it can be sent no more, Stale when somebody saved since the form was opened.
    """
    check_writable(answer, actor)
    if lock != answer.lock:
        raise Stale
    data = to_data(content)
    if answer.draft == data:
        return False
    answer.draft, answer.saved_at, answer.lock = data, clock.now(), answer.lock + 1
    record(answer, "answer.save", actor, data=facts(answer, actor, lock=answer.lock))
    return True


def check_writable(answer: Answer, actor: Actor) -> None:
    """Raise NotAllowed or IllegalMove unless this person may write at the answer now."""
    if "supplier" not in answer.roles_of(actor):
        raise NotAllowed
    if answer.state not in WRITABLE_STATES:
        raise IllegalMove(answer.state, label=ANSWER.label(answer.state))
    if refusal := answer_refusal(answer.need, actor):
        raise refusal


def add_file(answer: Answer, received: files.Received, actor: Actor, about: str) -> Attachment:
    """Attach a received upload to what is written; `about` says which target or criterion it is evidence for."""
    check_writable(answer, actor)
    count = select(func.count()).where(Attachment.subject_kind == answer.subject_kind, Attachment.subject_id == answer.id)
    if (db.session.scalar(count) or 0) >= MOST_FILES:
        raise Invalid("file", N_("At most %(max)s files. Remove one first."), max=MOST_FILES)
    stored = files.add(received, actor)
    made = files.attach(stored, answer, "document", "members", clean_line(about))
    if made.file is stored:
        record(answer, "answer.add_file", actor, data=facts(answer, actor, sha256=received.sha256))
    return made


def remove_file(answer: Answer, attachment_id: int, actor: Actor) -> None:
    """Take a file off what is written; versions sent before keep theirs. Raises NotFound for another answer's."""
    check_writable(answer, actor)
    files.detach(files.attachment_of(answer, attachment_id))
    record(answer, "answer.remove_file", actor, data=facts(answer, actor))


def send(answer: Answer, actor: Actor, lock: int) -> AnswerVersion:
    """Send what is written as the next version; the caller holds the answer's row.

    The same twice is one version. Raises NotAllowed, IllegalMove when the need takes no more answers, Stale, Missing
    with the fields that still lack, Invalid for a technology that is not one's own or not on offer.
    """
    check_writable(answer, actor)
    newest = latest(answer)
    if newest is not None and not has_changed(answer, newest):
        return newest
    if lock != answer.lock:
        raise Stale
    content, revision = answer.written, answer.need.published_revision
    if lacks := [one.field for one in lacking(content, asked_of(revision)) if one.stage == SEND]:
        raise Missing(lacks)
    listing = own_technology(content.technology, actor)
    now = clock.now()
    version = AnswerVersion(
        answer_id=answer.id, number=answer.version + 1, need_revision_id=revision.id if revision else None,
        data=to_data(content), sent_at=now, sent_by_id=actor.user_id,
    )
    db.session.add(version)
    action = "send" if answer.state in WRITING_STATES else "revise"
    answer.version, answer.sent_at, answer.listing_id, answer.reason_code = version.number, now, None, ""
    answer.listing_id = listing.id if listing else None
    db.session.flush()
    files.copy_attachments(answer, version)
    _move(answer, action, actor)
    consequences.follow(action, answer, actor)
    return version


def latest(answer: Answer) -> AnswerVersion | None:
    """Return the newest version that was sent, or None."""
    rows = select(AnswerVersion).where(AnswerVersion.answer_id == answer.id, AnswerVersion.number == answer.version)
    return db.session.scalars(rows).first()


def has_changed(answer: Answer, newest: AnswerVersion | None) -> bool:
    """True when what is written differs from what was sent last, files included."""
    if newest is None or answer.state in WRITING_STATES:
        return True
    return answer.written != newest.content or not files.same(answer, newest)


def own_technology(code: str, actor: Actor) -> Listing | None:
    """Return the own technology of a code, None without one. Raises Invalid on `technology`."""
    if not code:
        return None
    listing = db.session.scalars(select(Listing).where(Listing.code == code, Listing.org_id == actor.org_id)).first()
    if listing is None or offer_refusal(listing, actor):
        raise Invalid("technology", N_("Choose a technology that your own organisation offers at present."))
    return listing


def move(answer: Answer, action: str, actor: Actor, reason_code: str = "", reason: str = "") -> Event | None:
    """Withdraw, discard or resume; the caller holds the answer's row. Raises NotAllowed, IllegalMove, Invalid."""
    if action == "resume" and (refusal := answer_refusal(answer.need, actor)):
        raise refusal
    if len(reason) > REASON_LENGTH:
        raise Invalid("reason", N_("At most %(max)s characters."), max=REASON_LENGTH)
    event = _move(answer, action, actor, reason_code, reason.strip())
    if event is None:  # it stands so already
        return None
    consequences.follow(action, answer, actor, reason_code, reason.strip())
    return event


def _move(answer: Answer, action: str, actor: Actor, reason_code: str = "", reason: str = "") -> Event | None:
    event = transition(answer, ANSWER, action, actor, answer.roles_of(actor), reason_code=reason_code, reason=reason,
                       data=facts(answer, actor))
    if event is None:
        return None
    answer.reason_code = reason_code
    db.session.flush()
    return event
