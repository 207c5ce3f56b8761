"""Readers, writers and moderators at the same time: every answer is a page or a plain refusal, never an error.

On SQLite a transaction that begins as a reader cannot write once another has committed ("database is locked"); so this
also proves that no GET writes unless its mark says so.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from marketplace.core.extensions import db
from tests import factories
from tests.moderation.factories import Desk
from tests.thorough import often

ROUNDS = often(12, 6)
AUTOSAVE = {"X-Requested-With": "autosave", "Accept": "application/json"}


def test_nobody_gets_an_error_while_others_write(app: Flask) -> None:
    with app.app_context():
        desk = Desk()
        listing, need = desk.published("listing").thing, desk.published("need").thing
        case = desk.submit("listing", title="Đang chờ duyệt trong lúc đông người")
        paths = ["/", "/technologies?q=loc", "/needs", f"/technologies/{listing.code}", f"/needs/{need.code}", "/dashboard"]
        secret, waiting = f"/technologies/{listing.code}/confidential", f"/moderation/listing/{case.id}"
        supplier = [factories.client(app, desk.supplier_user, desk.org) for _each in range(3)]
        moderators = [factories.client(app, one) for one in (desk.moderator_user, desk.other_user)]
        visitor = factories.client(app)
        db.session.remove()
    seen: Counter[int] = Counter()
    claims: Counter[int] = Counter()

    def read(web: Any, number: int) -> None:
        seen[web.get(random.Random(number).choice(paths), follow_redirects=True).status_code] += 1

    def read_secret(web: Any, _number: int) -> None:
        seen[web.get(secret, follow_redirects=True).status_code] += 1

    def write(web: Any, number: int) -> None:
        answer = web.post("/my/listings/new", data={"title": f"Thử tải đồng thời {number} {id(web)}"})
        step = answer.headers["Location"]
        lock = factories.version_of(web.get(step))
        for turn in range(3):
            data = {"title": f"Thử tải {number}.{turn}", "lock": lock}
            answer = web.post(step, data=data, headers=AUTOSAVE)
            lock = str(answer.get_json().get("lock", ""))
            seen[answer.status_code] += 1

    def moderate(web: Any, _number: int) -> None:
        for verb in ("claim", "release"):
            claims[web.post(f"{waiting}/{verb}").status_code] += 1
        seen[web.get(waiting).status_code] += 1

    work: list[tuple[Callable[[Any, int], None], Any]] = [
        (read, visitor), (read, supplier[0]), (read_secret, supplier[0]), (write, supplier[1]), (write, supplier[2]),
        (moderate, moderators[0]), (moderate, moderators[1]),
    ]
    barrier = Barrier(len(work))

    def person(task: tuple[Callable[[Any, int], None], Any]) -> None:
        barrier.wait()
        for number in range(ROUNDS):
            task[0](task[1], number)

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(person, work))
    assert set(seen) == {200}, seen
    assert set(claims) <= {302, 403, 409}, claims  # the two moderators want the same case
