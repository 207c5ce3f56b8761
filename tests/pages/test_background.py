"""The operator's page of background work names everything in words, in both languages; nothing registered is forgotten."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.events import CONSUMERS, Outbox
from marketplace.core.extensions import db
from marketplace.core.installation import bind, path_of
from marketplace.core.outbox import JOB, JOBS, LAST_RUN, drain, enqueue, ensure_jobs
from marketplace.pages import background_page
from marketplace.values import clock
from tests import factories

#: What is registered only where search by meaning is switched on, and the count of texts that it still has to look at.
SEMANTIC_CONSUMERS, SEMANTIC_JOBS = {"semantic", "semantic.texts"}, {"semantic.embed"}


def test_the_tables_name_what_is_registered_and_nothing_else(ctx: Flask) -> None:
    assert set(background_page.CONSUMERS) == set(CONSUMERS) | SEMANTIC_CONSUMERS
    assert set(background_page.JOBS) == set(JOBS) | SEMANTIC_JOBS


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_no_name_of_the_code_stands_on_the_page(ctx: Flask, locale: str) -> None:
    ensure_jobs()
    for name in CONSUMERS:
        enqueue(name, {})
    db.session.commit()
    page = factories.client(ctx, factories.user(staff=("admin",)), locale=locale).get("/staff/background").text
    named = set(re.findall(r"<td[^>]*>([^<]+)</td>", page))
    assert not named & {*CONSUMERS, *JOBS}
    jobs, consumers = ({*table.values()} for table in (background_page.JOBS, background_page.CONSUMERS))
    if locale == "en":
        assert {text for name, text in background_page.JOBS.items() if name in JOBS} <= named
        assert {text for name, text in background_page.CONSUMERS.items() if name in CONSUMERS} <= named
    else:
        assert not named & (jobs | consumers), "everything is translated"
    assert len(named) >= len(JOBS) + len(CONSUMERS)


def test_the_page_says_when_a_job_last_ran(ctx: Flask) -> None:
    ensure_jobs()
    web = factories.client(ctx, factories.user(staff=("admin",)), locale="en")
    assert web.get("/staff/background").text.count("not yet") == len(JOBS)
    drain()
    with ctx.app_context():
        ran = select(Outbox).where(Outbox.consumer == JOB, Outbox.key == "job:retention")
        last = datetime.fromisoformat(str(db.session.scalars(ran).one().payload[LAST_RUN]))
    page = web.get("/staff/background").text
    assert "not yet" not in page and clock.format_datetime(last) in page


@pytest.mark.parametrize(("locale", "words"), [
    ("vi", "Không tiến trình nền nào khởi động"), ("en", "Start the worker again."),
])
def test_the_page_says_what_to_do_after_an_older_backup(ctx: Flask, locale: str, words: str) -> None:
    web = factories.client(ctx, factories.user(staff=("admin",)), locale=locale)
    settings = ctx.extensions["settings"]
    bind(settings)
    db.session.commit()
    assert "bind-data-dir" not in web.get("/staff/background").text
    path_of(settings).write_text(f"{path_of(settings).read_text().split()[0]}\n999999 {'0' * 64}\n", encoding="ascii")
    page = web.get("/staff/background").text
    assert words in page and "flask --app wsgi bind-data-dir" in page
    bind(settings)
    db.session.commit()
    assert "bind-data-dir" not in web.get("/staff/background").text
