"""Files that are not what they say, and names that are traps, on every form that takes a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.files.models import Attachment, StoredFile
from marketplace.importing.models import ImportRun
from tests.bad_input.odd_files import BAD, ODD_NAMES
from tests.bad_input.values import unclean
from tests.bad_input.world import Workshop
from tests.files import samples
from tests.snapshot import Snapshot
from tests.thorough import ALL

#: endpoint → (who, where, what else the form says)
FORMS: dict[str, tuple[str, Callable[[Workshop], str], dict[str, str]]] = {
    "listings.edit": ("owner", lambda w: f"/my/listings/{w.draft_listing.code}/edit/files",
                      {"role": "document", "tier": "public", "caption": "Hồ sơ gốc"}),
    "buyer_requests.edit": ("owner", lambda w: f"/my/needs/{w.draft_need.code}/edit/files",
                            {"role": "document", "tier": "public", "caption": "Hồ sơ gốc"}),
    "organisations.documents": ("founder", lambda w: "/my/organisation/documents",
                                {"kind": "registration", "caption": "Hồ sơ gốc"}),
    "importing.upload": ("moderator", lambda w: "/imports",
                         {"kind": "listings", "organisation": "Công ty Dệt nhuộm Hoài Đức"}),
}

#: Files of listings, needs and organisations are checked and kept in one way, files of an import in another.
EACH_WAY = ("listings.edit", "importing.upload")


def counts() -> list[int]:
    db.session.rollback()
    tables = (Attachment, StoredFile, ImportRun)
    found = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    db.session.rollback()
    return found


def send(app: Flask, made: tuple[Workshop, Snapshot], form: str, name: str, data: bytes, field: str = "file") -> Any:
    world, snapshot = made
    snapshot.restore()
    who, where, more = FORMS[form]
    return world.worker(app, who).post(
        where(world), data={**more, field: (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def spread(values: Iterable[str]) -> list[tuple[str, str]]:
    """A pair for each form and value; of the forms that keep files in one way, the second and third take every third."""
    return [
        (form, value) for turn, form in enumerate(FORMS) for place, value in enumerate(values)
        if ALL or form in EACH_WAY or place % 3 == turn % 3
    ]


@pytest.mark.once
@pytest.mark.parametrize(("form", "said"), spread(BAD))
def test_a_file_that_is_not_what_it_says_is_refused(
    shared_app: Flask, made: tuple[Workshop, Snapshot], form: str, said: str
) -> None:
    made[1].restore()
    before = counts()
    name, data = BAD[said]
    answer = send(shared_app, made, form, name, data() if callable(data) else data)
    assert answer.status_code == 422, f"{form} answers {answer.status_code} to {said}"
    assert 'class="error' in answer.text, "the page does not say what is wrong"
    kept = FORMS[form][2].get("caption") or FORMS[form][2]["organisation"]
    assert kept in answer.text, "what was typed beside the file is lost"
    assert counts() == before


@pytest.mark.parametrize(("form", "name"), spread(ODD_NAMES), ids=repr)
def test_an_odd_name_is_cleaned(shared_app: Flask, made: tuple[Workshop, Snapshot], form: str, name: str) -> None:
    data = b"title\nM\xe1\xbb\x99t c\xc3\xb4ng ngh\xe1\xbb\x87\n" if form == "importing.upload" else samples.picture()
    answer = send(shared_app, made, form, name, data)
    assert answer.status_code in {302, 422}, f"{form} answers {answer.status_code} to {name!r}"
    assert "<script>alert" not in answer.text
    stored = [*db.session.scalars(select(StoredFile.name)), *db.session.scalars(select(ImportRun.file_name))]
    db.session.rollback()
    for one in stored:
        assert not unclean(one), f"{form} stored the name {one!r}"
        assert len(one) <= 255
        assert not set(one) & set("/\\"), f"{form} stored a path: {one!r}"


@pytest.mark.once
@pytest.mark.parametrize("form", FORMS)
def test_no_file_or_a_text_in_its_place(shared_app: Flask, made: tuple[Workshop, Snapshot], form: str) -> None:
    world, snapshot = made
    snapshot.restore()
    who, where, more = FORMS[form]
    before = counts()
    client = world.worker(shared_app, who)
    nameless = {**more, "file": (io.BytesIO(samples.PDF), "")}
    for data, kind in ((more, "multipart/form-data"), ({**more, "file": "chữ"}, "multipart/form-data"),
                       ({**more, "file": "chữ"}, "application/x-www-form-urlencoded"), (nameless, "multipart/form-data")):
        answer = client.post(where(world), data=data, content_type=kind)
        assert answer.status_code == 422
        assert 'class="error' in answer.text, "the page does not say what is wrong"
    assert counts() == before


@pytest.mark.once
@pytest.mark.parametrize("form", FORMS)
def test_a_file_above_the_limit_is_refused_before_it_is_read(
    shared_app: Flask, made: tuple[Workshop, Snapshot], form: str
) -> None:
    limit = shared_app.config["MAX_CONTENT_LENGTH"]
    made[1].restore()
    before = counts()
    answer = send(shared_app, made, form, "lớn.pdf", samples.PDF + bytes(limit))
    assert answer.status_code == 413
    assert counts() == before
