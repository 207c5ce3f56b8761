"""Reads of answers: one by its code, an organisation's own, those to one need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from marketplace.answers.lifecycle import ANSWER, RECEIVED_STATES, WITHDRAWN_STATES
from marketplace.answers.models import Answer, AnswerVersion
from marketplace.answers.visibility import requester_name, visible_to
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import required
from marketplace.core.extensions import db, one
from marketplace.core.reader_language import title_in
from marketplace.web.i18n import language as reader_language

MOST = 500  # answers to one need that are shown together
TABS: Mapping[str, tuple[str, ...]] = ANSWER.tabs


def path_of(answer: Answer) -> str:
    """Return the address of the answer's page, the same for both sides."""
    return f"/answers/{answer.code}"


def title_of(answer: Answer, language: str) -> str:
    """Return the title of the need it answers, in the reader's language."""
    revision = answer.need.published_revision
    return title_in(revision, language) if revision else answer.need.code


def loaded() -> tuple[object, ...]:
    """Return the options that load what every page shows of answers in the same statement."""
    need = joinedload(Answer.need)
    return (
        joinedload(Answer.organisation), joinedload(Answer.listing),
        need.joinedload(BuyerRequest.published_revision), need.joinedload(BuyerRequest.organisation),
    )


def readable(code: str, actor: Actor, *, lock: bool = False) -> Answer:
    """Return the answer of `code` if this reader may see it, else raise NotFound; `lock` holds its row."""
    return one(select(Answer).where(Answer.code == code, visible_to(actor)), *loaded(), lock=lock)  # type: ignore[arg-type]


def own(code: str, actor: Actor, *, lock: bool = False) -> Answer:
    """Return an answer of the organisation acted for, else raise NotFound."""
    rows = select(Answer).where(Answer.code == code, Answer.org_id == (actor.org_id or 0))
    return one(rows, *loaded(), lock=lock)  # type: ignore[arg-type]


def version(answer: Answer, number: int) -> AnswerVersion:
    """Return one version that was sent. Raises NotFound."""
    rows = select(AnswerVersion).where(AnswerVersion.answer_id == answer.id, AnswerVersion.number == number)
    return required(db.session.scalars(rows.options(joinedload(AnswerVersion.sent_by))).first())


def of_organisation(need_id: int, org_id: int | None) -> Answer | None:
    """Return an organisation's answer to a need, in whatever state, or None."""
    return db.session.scalars(select(Answer).where(Answer.need_id == need_id, Answer.org_id == (org_id or 0))).first()


def _mine(org_id: int, tab: str) -> Select[Answer]:
    rows = select(Answer).where(Answer.org_id == org_id)
    states = TABS[tab] if tab in TABS else tuple(state for one_tab in TABS.values() for state in one_tab)
    return rows.where(Answer.state.in_(states))


def mine(org_id: int, tab: str, offset: int = 0, limit: int = 20) -> Sequence[Answer]:
    """Return one page of an organisation's own answers, last saved first."""
    rows = _mine(org_id, tab).options(*loaded())  # type: ignore[arg-type]
    return list(db.session.scalars(rows.order_by(Answer.saved_at.desc(), Answer.id.desc()).offset(offset).limit(limit)))


def counts(org_id: int) -> dict[str, int]:
    """Return how many answers each tab holds, and all of them under the empty key. One statement."""
    rows = select(Answer.state, func.count()).where(Answer.org_id == org_id).group_by(Answer.state)
    states = {row[0]: row[1] for row in db.session.execute(rows)}
    found = {tab: sum(states.get(state, 0) for state in own_states) for tab, own_states in TABS.items()}
    return {"": sum(found.values()), **found}


def received(need: BuyerRequest, limit: int = MOST) -> Sequence[tuple[Answer, AnswerVersion]]:
    """Return the answers that were sent to a need with their newest versions, oldest first. One statement.

    For the need's own people only (`visibility.visible_to` says the same of one answer).
    """
    rows = (
        select(Answer, AnswerVersion)
        .join(AnswerVersion, (AnswerVersion.answer_id == Answer.id) & (AnswerVersion.number == Answer.version))
        .where(Answer.need_id == need.id, Answer.state.in_([*RECEIVED_STATES, *WITHDRAWN_STATES]))
        .options(joinedload(Answer.organisation), joinedload(Answer.listing))
        .order_by(Answer.sent_at, Answer.id).limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def number_received(need_id: int) -> int:
    """Return how many answers a need has before its owner."""
    rows = select(func.count()).where(Answer.need_id == need_id, Answer.state.in_(RECEIVED_STATES), Answer.version > 0)
    return db.session.scalar(rows) or 0


def names_of_parties(ids: Sequence[int], reader: Actor) -> dict[int, dict[str, str]]:
    """Return the names of both sides of answers that this reader may know now; one statement for all of them."""
    rows = select(Answer).where(Answer.id.in_(ids)).options(*loaded())  # type: ignore[arg-type]
    return {
        answer.id: {
            "supplier": answer.organisation.name_in(reader_language()),
            "buyer": requester_name(answer.need, reader, reader_language()),
        }
        for answer in db.session.scalars(rows)
    }
