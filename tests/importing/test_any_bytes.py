"""Whatever the bytes, a file is read or refused with a message; nothing else may happen."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.importing.mapping import Record, Rejected
from marketplace.importing.report import sentence
from marketplace.importing.rows import UnusableFile
from tests.importing.files import ready
from tests.thorough import often

HEADINGS = st.sampled_from(["id,title,deadline\n", "Mã;Tên;Hạn;Giá\n", "title\ttrl\turl\n", ""])
KINDS = st.sampled_from(["listings", "requests"])
ANY_TEXT = st.text(max_size=300)
FEW = settings(max_examples=often(120), deadline=None)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def attempt(folder: Path, name: str, content: bytes, kind: str = "listings") -> None:
    path = folder / name
    path.write_bytes(content)
    try:
        records = list(ready(path, kind).records())
    except UnusableFile as error:
        assert str(error)
        return
    for record in records:
        assert isinstance(record, Record | Rejected)
        notes = record.notes if isinstance(record, Record) else (record.note,)
        assert all(sentence(note) for note in notes)
        if isinstance(record, Record):
            json.dumps(record.values, default=str)
            assert len(record.title) <= 300 and len(record.external_id) <= 200
            assert "\x00" not in json.dumps(record.values, default=str, ensure_ascii=False)


@FEW
@given(st.binary(max_size=400))
def test_any_bytes(folder: Path, content: bytes) -> None:
    attempt(folder, "a.csv", content)


@FEW
@given(HEADINGS, ANY_TEXT, st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]), KINDS)
def test_any_table(folder: Path, heading: str, body: str, encoding: str, kind: str) -> None:
    attempt(folder, "a.csv", (heading + body).encode(encoding, "replace"), kind)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3), max_leaves=6,
)
NAMES = st.sampled_from(
    ["id", "title", "summary", "description", "keywords", "closes", "opens", "price", "budget", "trl", "url", "status",
     "patent", "expires", "filed", "province", "field", "language", "contact", "email", "phone", "center", "name"]
)


@FEW
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=8), min_size=1, max_size=4), KINDS)
def test_any_objects(folder: Path, rows: list[dict[str, object]], kind: str) -> None:
    attempt(folder, "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode(), kind)


def _workbook() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet().write_row(0, 0, ["id", "title"])
    book.close()
    return target.getvalue()


WORKBOOK = _workbook()


@FEW
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=40))
def test_damaged_workbooks(folder: Path, place: int, damage: bytes) -> None:
    attempt(folder, "a.xlsx", WORKBOOK[:place] + damage + WORKBOOK[place + len(damage):])
