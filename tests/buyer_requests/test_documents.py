"""The search document of a need, and that reading needs costs the same however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask

from marketplace.buyer_requests import queries
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.values import clock
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import SECRET, Cast, days, six_clear
from tests.statements import statements


def test_the_document_of_a_need(cast: Cast) -> None:
    need = cast.published(title_en="Dyeing waste water")
    document = queries.documents([need.id])[need.id]
    assert (document.kind, document.id, document.code) == ("need", need.id, need.code)
    assert (document.title, document.title_other) == ("Xử lý nước thải dệt nhuộm đạt cột A", "Dyeing waste water")
    assert document.party == cast.org.name
    assert document.audience == ("public",)
    assert document.facets == {
        "field": ("2",), "trl": ("6", "7", "8", "9"), "kind": ("enterprise_need",), "place": ("01",),
        "budget": ("500m-1b", "1b-5b"), "form": ("buy", "pilot"), "transfer": ("independent",), "state": ("open",),
        "org": (str(need.org_id),), "tag": ("nước thải", "dệt nhuộm"),
    }
    assert document.numbers["budget_min"] == 500_000_000
    assert document.numbers["deadline"] == clock.end_of_day(days(30)).timestamp()
    assert need.published_at is not None
    assert document.numbers["published_at"] == need.published_at.timestamp()
    assert "COD" in document.body
    assert "Mua đứt" in document.keywords
    assert "Purchase" in document.keywords
    text = json.dumps([document.body, document.keywords, document.title], ensure_ascii=False)
    for private in (SECRET, "hoa@nhuom", "Lê Thị Hoa", "0912"):
        assert private not in text


def test_one_end_of_a_range_is_enough_and_nothing_stated_is_nothing_invented(cast: Cast) -> None:
    half = queries.document(cast.published(trl_min=None, trl_max=3, budget_min=None, budget_max=50_000_000))
    none = queries.document(cast.published(trl_min=None, trl_max=None, budget_min=None, budget_max=None))
    assert half is not None
    assert none is not None
    assert half.facets["trl"] == ("1", "2", "3")
    assert half.facets["budget"] == ("lt100m",)
    assert "trl" not in none.facets
    assert none.facets["budget"] == ("unstated",)
    assert set(none.numbers) == {"deadline", "published_at"}


def test_only_what_somebody_may_find_has_a_document(cast: Cast) -> None:
    live = cast.published()
    gone = cast.in_state("suspended")
    draft = cast.draft().buyer_request
    assert set(queries.documents([live.id, gone.id, draft.id, 999])) == {live.id}
    assert queries.all_ids() == [live.id]
    cast.org.state = "suspended"
    db.session.commit()
    assert queries.documents([live.id]) == {}
    assert queries.ids_of(cast.org.id) == [live.id, gone.id, draft.id]


def test_an_invited_only_need_is_indexed_for_its_own_and_the_invited(cast: Cast) -> None:
    need = cast.published(visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    document = queries.documents([need.id])[need.id]
    assert document.audience == (f"org:{cast.org.id}", f"invited:{cast.invited_org.id}")
    assert queries.ids_of(cast.invited_org.id) == [need.id]


def cost(app: Flask, call: Callable[[], object]) -> int:
    db.session.expunge_all()
    with statements(app) as seen:
        call()
    return len(seen)


def test_reading_many_needs_costs_as_much_as_reading_one(ctx: Flask, cast: Cast) -> None:
    ids = [cast.published(invited_org_ids=[cast.invited_org.id]).id for _ in range(2)]
    calls: list[Callable[[], object]] = [
        lambda: queries.documents(ids), lambda: [one.organisation.name for one in queries.visible(ids, GUEST).values()],
        lambda: [one.revisions for one in queries.mine(cast.org.id)],
        lambda: [one.buyer_request.organisation for one in queries.invited(cast.invited)[0]],
    ]
    few = [cost(ctx, call) for call in calls]
    ids += [cast.published(invited_org_ids=[cast.invited_org.id]).id for _ in range(6)]
    assert [cost(ctx, call) for call in calls] == few
    assert max(few) <= 3


def pages_cost(scene: Scene, path: str) -> int:
    client = scene.client("buyer")
    with statements(scene.app) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_the_list_of_my_needs_costs_the_same_for_one_and_for_many(scene: Scene) -> None:
    def one(cast: Cast) -> object:
        return cast.published(kind="order", six_clear=six_clear())

    scene.make(one)
    few = pages_cost(scene, "/my/needs")
    for _ in range(5):
        scene.make(one)
    assert pages_cost(scene, "/my/needs") == few
    assert few <= 9


def test_a_public_page_costs_few_statements(app: Flask) -> None:
    scene = Scene(app)
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    path = scene.client().get(f"/needs/{code}").headers["Location"]
    assert pages_cost(scene, path) <= 15
