"""Kept pages: shown again while all that they say is so, and never what their reader may not see."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, update

from marketplace.accounts.models import UserSession
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.data_mark import _Watcher, mark
from marketplace.core.extensions import db
from marketplace.core.readings import each_time, recording
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.queries import path_of
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.web.kept_pages import BESIDE, KeptPage, KeptPages
from tests import factories
from tests.browse.conftest import Catalogue
from tests.conftest import BACKEND
from tests.statements import statements

Made = list[str]


@pytest.fixture
def made(ctx: Flask) -> Iterator[Made]:
    """Templates that were rendered; the process keeps nothing yet."""
    before, ctx.extensions["kept_pages"] = ctx.extensions["kept_pages"], KeptPages(9_000_000)
    names: Made = []

    def note(_app: Flask, template: object, **_rest: object) -> None:
        names.append(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, ctx):
        yield names
    ctx.extensions["kept_pages"] = before


def twice(client: FlaskClient, path: str, made: Made) -> str:
    """Open a page twice; the second time nothing is made."""
    first = client.get(path)
    assert first.status_code == 200 and made and "Set-Cookie" not in first.headers
    made.clear()
    second = client.get(path)
    assert second.data == first.data and not made
    return second.get_data(as_text=True)


def change(model: type, id_: int, **values: object) -> None:
    db.session.execute(update(model).where(model.id == id_).values(**values))  # type: ignore[attr-defined]
    db.session.commit()
    db.session.expire_all()


def test_a_technology_is_kept_until_anything_of_it_changes(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    guest, listing = factories.client(ctx), catalogue.membrane
    path = path_of(listing)
    assert listing.published_revision is not None
    assert "Màng lọc" in twice(guest, path, made)
    change(ListingRevision, listing.published_revision.id, how_it_works="Dòng chảy chéo")
    assert "Dòng chảy chéo" in twice(guest, path, made)
    change(Organisation, listing.org_id, name="Viện Tên Mới")
    assert "Viện Tên Mới" in twice(guest, path, made)
    change(ListingRevision, listing.published_revision.id, visibility="members")
    assert guest.get(path).status_code == 404
    change(ListingRevision, listing.published_revision.id, visibility="public")
    assert guest.get(path).status_code == 200
    change(Listing, listing.id, state="suspended")
    assert guest.get(path).status_code == 404


def test_a_neighbour_that_is_withdrawn_is_named_no_longer(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    guest, other = factories.client(ctx), catalogue.light
    for one in (catalogue.membrane, other):
        change(Listing, one.id, published_field="2")
    assert catalogue.membrane.published_revision is not None
    change(ListingRevision, catalogue.membrane.published_revision.id, field_code="2")
    assert other.code in twice(guest, path_of(catalogue.membrane), made)
    change(Listing, other.id, state="suspended")
    assert other.code not in guest.get(path_of(catalogue.membrane)).get_data(as_text=True)


@pytest.mark.parametrize("address", ["/technologies", "/technologies?q=màng+lọc", "/technologies?trl=7", "/"])
def test_a_list_loses_what_is_withdrawn_though_the_index_does_not_know_yet(
    catalogue: Catalogue, ctx: Flask, made: Made, address: str
) -> None:
    guest = factories.client(ctx)
    assert catalogue.membrane.code in twice(guest, address, made)
    change(Listing, catalogue.membrane.id, state="suspended")
    assert catalogue.membrane.code not in guest.get(address).get_data(as_text=True)


def test_a_list_follows_the_index(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    guest = factories.client(ctx)
    twice(guest, "/technologies", made)
    ctx.extensions["search_engine"].remove("listing", [catalogue.light.id])
    assert catalogue.light.code not in guest.get("/technologies").get_data(as_text=True)


def test_a_need_that_hides_its_requester_names_nobody(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    guest, need = factories.client(ctx), catalogue.cast.published(title="Xử lý nước rỉ rác")
    path, name = f"/needs/{need.code}-xu-ly-nuoc-ri-rac", catalogue.cast.org.name
    assert name in twice(guest, path, made)
    change(NeedRevision, need.published_revision_id or 0, visibility="requester_hidden")
    assert name not in twice(guest, path, made)
    change(BuyerRequest, need.id, state="suspended")
    assert guest.get(path).status_code == 404


def test_an_organisation_and_a_text(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    guest, org = factories.client(ctx), catalogue.membrane.organisation
    twice(guest, f"/organisations/{org.slug}", made)
    twice(guest, "/about", made)
    change(Organisation, org.id, state="suspended")
    assert guest.get(f"/organisations/{org.slug}").status_code == 404


def test_each_language_has_its_own(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    assert "Technologies" in twice(factories.client(ctx, locale="en"), "/technologies", made)
    assert 'lang="vi"' in twice(factories.client(ctx), "/technologies", made)


def test_who_is_signed_in_gets_their_own_page(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    path = path_of(catalogue.membrane)
    twice(factories.client(ctx), path, made)
    person = factories.client(ctx, catalogue.cast.stranger_user, catalogue.cast.stranger_org)
    page = person.get(path).get_data(as_text=True)
    assert made and catalogue.cast.stranger_user.name in page and "csrf_token" in page
    assert catalogue.cast.stranger_user.name not in factories.client(ctx).get(path).get_data(as_text=True)


def test_a_message_that_waits_is_shown(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    guest = factories.client(ctx)
    twice(guest, "/technologies", made)
    with guest.session_transaction() as session:
        session["_flashes"] = [("success", "Đã gửi thư")]
    assert "Đã gửi thư" in guest.get("/technologies").get_data(as_text=True)
    assert "Đã gửi thư" not in guest.get("/technologies").get_data(as_text=True)


def test_every_view_of_a_kept_page_counts(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    log = ctx.extensions["settings"].data_dir / "spool" / "views.log"
    line = f"listing {catalogue.membrane.id} "
    before = log.read_text().count(line) if log.exists() else 0
    twice(factories.client(ctx), path_of(catalogue.membrane), made)
    assert log.read_text().count(line) == before + 2


def test_what_says_how_long_ago_is_made_anew_after_a_minute(ctx: Flask) -> None:
    with recording() as readings:
        clock.today()
    assert not readings.asked_time
    with recording() as readings:
        clock.now()
    page = KeptPage(b"", readings, clock.now())
    assert page.still_true()
    with clock.fixed(clock.now() + timedelta(seconds=61)):
        assert not page.still_true()


def test_what_is_done_each_time_may_ask_the_time(ctx: Flask) -> None:
    done: list[object] = []
    act: Callable[[], object] = lambda: done.append(clock.now())  # noqa: E731
    with recording() as readings:
        each_time(act)
    assert len(done) == 1 and readings.repeated == [act] and not readings.asked_time and not readings.statements


def test_a_process_keeps_no_more_than_it_may() -> None:
    pages = KeptPages(most=5 * BESIDE)
    for number in range(20):
        with recording() as readings:
            pass
        pages.put(number, KeptPage(b"x" * 1000, readings, clock.now()))
        assert pages.size <= 5 * BESIDE
    assert pages.get(0) is None and pages.get(19) is not None


def test_nothing_is_asked_while_nothing_was_committed(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    cast, path = catalogue.cast, path_of(catalogue.membrane)
    for client in (factories.client(ctx), factories.client(ctx, cast.stranger_user, cast.stranger_org)):
        for _time in range(3):
            assert client.get(path).status_code == 200
        made.clear()
        with statements(ctx) as seen:
            assert client.get(path).status_code == 200
        assert not made
        # Other databases of a server change its mark too; then all is asked once more, and nothing is made.
        assert BACKEND == "postgres" or not seen


def test_what_another_connection_commits_changes_the_mark(ctx: Flask) -> None:
    org = factories.organisation("Viện Cũ")
    marks = []
    for name in ("", "", "Viện Mới", ""):
        if name:
            with db.engine.begin() as connection:
                connection.execute(update(Organisation).where(Organisation.id == org.id).values(name=name))
        db.session.rollback()
        with ctx.test_request_context("/"):
            marks.append(mark())
    assert marks[1] != marks[2] and None not in marks
    assert BACKEND == "postgres" or (marks[0] == marks[1] and marks[2] == marks[3])  # there others change it too


def test_a_person_has_their_own_page_with_a_token_of_their_own(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    cast, path = catalogue.cast, path_of(catalogue.membrane)
    pages = []
    for person, org in ((cast.stranger_user, cast.stranger_org), (cast.buyer_user, cast.org)):
        client = factories.client(ctx, person, org)
        for _time in range(2):
            client.get(path)
        made.clear()
        page = client.get(path).get_data(as_text=True)
        assert not made and person.name in page
        with client.session_transaction() as session:
            tokens = set(re.findall(r'name="csrf_token"\s+value="([^"]+)"', page))
            read = [URLSafeTimedSerializer(ctx.secret_key or "", salt="wtf-csrf-token").loads(token) for token in tokens]
            assert read == [session["csrf_token"]]
        pages.append(page)
    assert cast.stranger_user.name not in pages[1]


def test_who_loses_a_right_or_the_session_gets_another_page(catalogue: Catalogue, ctx: Flask, made: Made) -> None:
    cast, path = catalogue.cast, path_of(catalogue.membrane)
    assert catalogue.membrane.published_revision is not None
    change(ListingRevision, catalogue.membrane.published_revision.id, visibility="members")
    member = factories.client(ctx, cast.stranger_user, cast.stranger_org)
    for _time in range(3):
        assert member.get(path).status_code == 200
    change(Organisation, cast.stranger_org.id, state="suspended")
    assert member.get(path).status_code == 404
    change(Organisation, cast.stranger_org.id, state="verified")
    assert member.get(path).status_code == 200
    db.session.execute(delete(UserSession))
    db.session.commit()
    assert member.get(path).status_code == 404 and cast.stranger_user.name not in member.get("/").get_data(as_text=True)
    assert factories.client(ctx).get(path).status_code == 404


def test_a_session_ends_by_time_though_nothing_was_committed(catalogue: Catalogue, ctx: Flask) -> None:
    cast = catalogue.cast
    member = factories.client(ctx, cast.stranger_user, cast.stranger_org)
    for _time in range(3):
        assert cast.stranger_user.name in member.get("/").get_data(as_text=True)
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert cast.stranger_user.name not in member.get("/").get_data(as_text=True)


def test_another_file_in_the_place_of_the_database_has_another_mark(tmp_path: Path) -> None:
    path, marks = tmp_path / "a.sqlite3", []
    watcher = _Watcher(str(path))
    assert watcher.mark() is None
    for _time in range(2):
        with closing(sqlite3.connect(tmp_path / "new")) as made:
            made.execute("CREATE TABLE t (id INTEGER)")
        (tmp_path / "new").rename(path)
        marks += [watcher.mark(), watcher.mark()]
    assert marks[0] == marks[1] != marks[2] == marks[3] and None not in marks
