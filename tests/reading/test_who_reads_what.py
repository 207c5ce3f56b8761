"""Every address that is read × every kind of reader, with real things: who gets which answer is pinned in a table.

The columns are in `people.py`, the addresses of routes with arguments in `addresses.py`.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.extensions import db
from tests.conftest import empty_tables
from tests.reading.addresses import ADDRESSES
from tests.reading.people import READERS, Library
from tests.thorough import often

#: Address and what it shows → reader → answer.
Table = dict[tuple[str, str], dict[str, str]]
PINNED = Path(__file__).parent / "who_reads_what.csv"
RENEW = bool(os.environ.get("RENEW"))
AGAIN = "`RENEW=1 .venv/bin/python -m pytest tests/reading`"
#: Refusals as problem+json, which takes a fifth of the time of a page; what may be read comes as it comes to a browser.
ACCEPT = {"Accept": "application/problem+json, text/html;q=0.9"}
#: A part of an address that is one of a few words: the first of them.
CHOICE = re.compile(r"<any\(([^,)]+)[^)]*\):\w+>")
STATIC = {"static": "css/base.css", "bootstrap.static": "css/bootstrap.min.css"}
#: What stands in a redirect's address for one thing of many.
NUMBER = re.compile(r"(?<=/)(?:[A-Z]{2}-\d{4}-\d+[\w.-]*|\d+)(?=/|$)")


@pytest.fixture
def library(shared_app: Flask) -> Iterator[Library]:
    with shared_app.app_context():
        yield Library()
        db.session.remove()
        empty_tables()


def addresses(app: Flask, world: Library) -> Iterator[tuple[str, str, str]]:
    """Yield rule, what it shows, and a real address, for each route that answers GET, by rule."""
    without = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()):
            continue
        if rule.endpoint in STATIC:
            yield rule.endpoint, "", rule.rule.replace("<path:filename>", STATIC[rule.endpoint])  # it bears a digest
        elif "<" not in (plain := CHOICE.sub(r"\1", rule.rule)) and rule.endpoint not in ADDRESSES:
            yield rule.rule, "", plain
        elif rule.endpoint not in ADDRESSES:
            without.append(rule.endpoint)
        for what, address in ADDRESSES.get(rule.endpoint, {}).items():
            yield rule.rule, what, address(world)
    assert not without, f"name a real address of {without} in tests/reading/addresses.py, and renew the table: {AGAIN}"


def answer(client: FlaskClient, path: str) -> str:
    """Return what is answered in one word: the state, and where a redirect leads."""
    got = client.get(path, headers=ACCEPT)
    for _again in range(3):  # a document may take longer than it may on a machine that is busy: "briefly unavailable"
        if got.status_code == 503:
            got = client.get(path, headers=ACCEPT)
    if got.status_code in {301, 308}:  # the address with the name in words
        got = client.get(got.headers["Location"], headers=ACCEPT)
    if got.status_code in {401, 403} and got.is_json and "detail" not in got.get_json():  # the library's, for programs
        got = client.get(path)
    assert got.status_code < 500, f"{path} answers {got.status_code}: {got.text[:300]}"
    if 300 <= got.status_code < 400:
        return f"to {NUMBER.sub('…', got.headers['Location'].partition('?')[0])}"
    return str(got.status_code)


def asked(cells: dict[str, str], turn: int) -> list[str]:
    """Return whom to try: everybody who is to be refused or sent elsewhere, and some of those who may read.

    Refusals are what this table is for, and cheap; a page takes ten times as long. Who of the others is tried goes
    round from address to address; with TESTS=all and when the table is renewed it is all of them.
    """
    if RENEW or not cells:
        return list(READERS)
    first = turn % len(READERS)
    may_read = [name for name in (*READERS[first:], *READERS[:first]) if cells.get(name) == "200"]
    left = set(may_read[often(len(READERS), few=3):])
    return [name for name in READERS if name not in left]


def test_who_reads_what_is_what_was_read_last(shared_app: Flask, library: Library) -> None:
    pinned = rows(PINNED.read_text(encoding="utf-8")) if PINNED.exists() else {}
    clients = {name: library.reader(shared_app, name) for name in READERS}
    made: Table = {}
    for turn, (rule, what, path) in enumerate(addresses(shared_app, library)):
        cells = pinned.get((rule, what), {})
        made[rule, what] = cells | {name: answer(clients[name], path) for name in asked(cells, turn)}
    if RENEW:
        PINNED.write_text(as_text(made), encoding="utf-8")
    assert as_text(made) == PINNED.read_text(encoding="utf-8"), changed(pinned, made)


def as_text(table: Table) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["rule", "what", *READERS])
    writer.writerows([*key, *(cells.get(name, "") for name in READERS)] for key, cells in table.items())
    return out.getvalue()


def rows(text: str) -> Table:
    """Return the cells of a table by reader, for each address."""
    found = csv.DictReader(StringIO(text))
    return {(row.pop("rule"), row.pop("what")): row for row in found}


def changed(before: Table, now: Table) -> str:
    """Say cell by cell what differs from the table, and what to do."""
    lines = [f"- {' '.join(key)}: no such address any more" for key in before if key not in now]
    lines += [f"+ {' '.join(key)}: a new address" for key in now if key not in before]
    lines += [
        f"! {' '.join(key)}: {name} got {before[key].get(name)}, now gets {cell}"
        for key, cells in now.items() if key in before
        for name, cell in cells.items() if before[key].get(name) != cell
    ]
    said = "\n".join(lines)
    return (
        "somebody is answered differently from what tests/reading/who_reads_what.csv says. Read each of these lines: may "
        f"that person see that thing? When all are meant, renew the table with {AGAIN} and commit it.\n{said}"
    )


def test_a_change_is_said_cell_by_cell() -> None:
    before = {("/", ""): {"visitor": "200"}, ("/old", ""): {"visitor": "200"}}
    said = changed(before, {("/", ""): {"visitor": "403"}, ("/new", "draft"): {"visitor": "200"}})
    assert "! / : visitor got 200, now gets 403\n" in f"{said}\n" and "+ /new draft: a new address" in said
    assert "- /old : no such address any more" in said and AGAIN in said


def test_every_reader_is_tried_at_every_address_that_refuses_them() -> None:
    cells = dict.fromkeys(READERS, "200") | {"visitor": "401", "outsider": "404"}
    assert {"visitor", "outsider"} < set(asked(cells, 5))
    assert {name for turn in range(len(READERS)) for name in asked(cells, turn)} == set(READERS)
