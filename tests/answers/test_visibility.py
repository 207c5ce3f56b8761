"""Who may see which answer: the rule as SQL, the pages and the files agree, for every kind of reader and every state."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from marketplace.answers.actions import writing
from marketplace.answers.models import Answer
from marketplace.answers.visibility import may_read_content, visible_to
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.files.access import may_read
from tests.answers.factories import SECRET, Round
from tests.files import samples

#: Readers by who they are, and who of them sees an answer of `supplier`: a draft, one that was sent, a withdrawn one.
ALL_STATES = ("draft", "sent", "withdrawn")
SEES = {
    "supplier": ALL_STATES, "supplier_editor": ALL_STATES, "buyer": ALL_STATES[1:], "buyer_signer": ALL_STATES[1:],
    "stranger": (), "third": (), "officer": (), "moderator": (), "leader": (), "auditor": (), "": (),
}


def _made(cast: Round) -> dict[str, Answer]:
    made = {"draft": cast.draft(cast.need("Xử lý nước thải xi mạ")), "sent": cast.sent(cast.need()),
            "withdrawn": cast.sent(cast.need("Xử lý nước thải chế biến"))}
    writing.move(made["withdrawn"], "withdraw", cast.supplier, "no_capacity")
    for answer in made.values():
        stored = files.store_upload(samples.upload(samples.picture(), "anh.png"), cast.supplier)
        files.attach(stored, answer, "document", "members")
        for version in answer.versions:
            files.attach(stored, version, "document", "members")
    cast.sent(db.session.get_one(type(made["sent"].need), made["sent"].need_id), cast.third)  # of a competitor
    db.session.commit()
    return made


def test_who_may_see_which(ctx: Flask) -> None:
    cast = Round()
    made = _made(cast)
    codes = {name: answer.code for name, answer in made.items()}
    wrong = []
    for name, sees in SEES.items():
        actor = getattr(cast, name) if name else GUEST
        found = set(db.session.scalars(select(Answer.code).where(visible_to(actor)))) & set(codes.values())
        for state, answer in made.items():
            expected = state in sees
            reads = expected and (state == "sent" or name.startswith("supplier"))
            if (codes[state] in found, may_read_content(answer, actor)) != (expected, reads):
                wrong.append((name, state, "rule"))
            for version in answer.versions:
                if any(may_read(one, actor) != reads for one in files.attachments(version)):
                    wrong.append((name, state, "file"))
            if any(may_read(one, actor) != name.startswith("supplier") for one in files.attachments(answer)):
                wrong.append((name, state, "file of the draft"))
    assert not wrong, wrong
    for name, sees in SEES.items():
        client = cast.client(ctx, name)
        for state, code in codes.items():
            page = client.get(f"/answers/{code}")
            shown = 200 if state in sees else 302 if not name else 404
            reads = (state == "sent" and bool(sees)) or (name.startswith("supplier") and state == "withdrawn")
            if page.status_code != shown or (SECRET in page.text) != reads:
                wrong.append((name, state, page.status_code, SECRET in page.text))
    assert not wrong, wrong


def test_who_acts_for_another_organisation_neither_writes_nor_chooses(ctx: Flask) -> None:
    cast = Round()
    answer = cast.sent(cast.need())
    both = replace(cast.stranger, org_ids=frozenset({cast.stranger_org.id, cast.supplier_org.id}))
    assert answer.roles_of(both) == frozenset()
    assert answer.roles_of(replace(cast.buyer, org_roles=frozenset())) == frozenset()
    assert answer.roles_of(cast.buyer) == {"buyer"}


def test_a_hidden_requester_stays_unnamed_to_who_answers(ctx: Flask) -> None:
    cast = Round()
    need = cast.need(visibility="requester_hidden")
    code = cast.sent(need).code
    client = cast.client(ctx, "supplier")
    for path in (f"/answers/{code}", f"/my/answers/{code}/edit", f"/my/answers/{code}/check", "/my/answers", "/inbox"):
        page = client.get(path)
        assert page.status_code == 200
        assert cast.buyer_org.name not in page.text, path


def test_others_see_no_list_of_answers(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    cast.sent(need)
    code = need.code
    for name in ("supplier", "stranger", "officer", "moderator"):
        assert cast.client(ctx, name).get(f"/my/needs/{code}/answers").status_code in {403, 404}, name
