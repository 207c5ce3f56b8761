"""Who takes part in the search bench: the exchange's engine, and SQLite FTS5 and tantivy as yardsticks.

The yardsticks have one column of folded text and an OR of the query's syllables ranked by BM25, over the documents that
everybody may see. They know no pairs, diacritics, phrases first, bilingual terms or audiences: they do less than the
exchange's engine, on purpose. tantivy counts every facet under all filters, the others each without its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import tantivy

from bench.search_catalogue import FACETS
from marketplace.search import PUBLIC, Document, Query
from marketplace.search.engines import create_engine
from marketplace.values.text import fold

SHOWN = 20


class Contender(Protocol):
    """An engine in a folder. `page` asks for the total and all facet counts besides the first hits."""

    def build(self, documents: Iterable[Document]) -> None: ...

    def ask(self, query: Query, page: bool) -> int: ...


def folded(document: Document) -> str:
    return " ".join(
        fold(text) for text in (document.title, document.keywords, document.party, document.code, document.body)
    )


def public(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield what a visitor may find: the yardsticks know no audiences."""
    return (document for document in documents if PUBLIC in document.audience)


class Whoosh:
    def __init__(self, folder: Path) -> None:
        self.engine = create_engine("whoosh://", folder)

    def build(self, documents: Iterable[Document]) -> None:
        self.engine.rebuild(documents)

    def ask(self, query: Query, page: bool) -> int:
        return self.engine.query(query if page else replace(query, facets=())).total


class Fts5:
    """Facets lie in a table of their own; a page materialises the matches once and counts from there."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "fts.sqlite")
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA mmap_size=4000000000; PRAGMA cache_size=-64000;")
        self.db.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY)")

    def build(self, documents: Iterable[Document]) -> None:
        self.db.execute("CREATE VIRTUAL TABLE texts USING fts5 (text, content='')")
        self.db.execute("CREATE TABLE facets (name, value, id INTEGER, PRIMARY KEY (name, value, id)) WITHOUT ROWID")
        for document in public(documents):
            self.db.execute("INSERT INTO texts (rowid, text) VALUES (?, ?)", (document.id, folded(document)))
            rows = [(name, value, document.id) for name, values in document.facets.items() for value in values]
            self.db.executemany("INSERT INTO facets VALUES (?, ?, ?)", rows)
        self.db.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        self.db.execute("ANALYZE")
        self.db.commit()

    def ask(self, query: Query, page: bool) -> int:
        match = " OR ".join(f'"{term}"' for term in dict.fromkeys(fold(query.text).split()))
        where, values = self._filters(query, "+rowid")
        ranked = f"SELECT rowid FROM texts WHERE texts MATCH ?{where} ORDER BY rank LIMIT {SHOWN}"
        hits = self.db.execute(ranked, [match, *values]).fetchall()
        if page:
            self.db.execute("DELETE FROM found")
            self.db.execute("INSERT INTO found SELECT rowid FROM texts WHERE texts MATCH ?", [match])
            for name in query.facets:
                where, values = self._filters(query, "found.id", but=name)
                counting = "SELECT value, count(*) FROM facets CROSS JOIN found ON found.id = facets.id WHERE name = ?"
                self.db.execute(f"{counting}{where} GROUP BY value", [name, *values]).fetchall()
            self.db.execute("SELECT count(*) FROM found").fetchone()
        return len(hits)

    # "+" keeps SQLite from looking up each allowed row instead of reading the match
    def _filters(self, query: Query, column: str, but: str = "") -> tuple[str, list[str]]:
        sql, values = "", []
        for name, wanted in query.filters.items():
            if name != but:
                marks = ",".join("?" * len(wanted))
                sql += f" AND {column} IN (SELECT id FROM facets WHERE name = ? AND value IN ({marks}))"
                values += [name, *wanted]
        return sql, values


class Tantivy:
    """Facets are columns; a page aggregates over them, under all filters at once."""

    def __init__(self, folder: Path) -> None:
        fields = tantivy.SchemaBuilder().add_text_field("text").add_integer_field("id", stored=True)
        for name in (*FACETS, "tag"):
            fields = fields.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        self.schema = fields.build()
        self.index = tantivy.Index(self.schema, path=str(folder))
        self.searcher = self.index.searcher()

    def build(self, documents: Iterable[Document]) -> None:
        writer = self.index.writer(heap_size=128_000_000, num_threads=1)
        for document in public(documents):
            fields = {name: list(values) for name, values in document.facets.items()}
            writer.add_document(tantivy.Document(id=document.id, text=folded(document), **fields))
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, query: Query, page: bool) -> int:
        asked = tantivy.Query.boolean_query(list(self._clauses(query)))
        found = self.searcher.search(asked, SHOWN, count=page)
        for _score, address in found.hits:
            self.searcher.doc(address)
        if page:
            self.searcher.aggregate(asked, {name: {"terms": {"field": name, "size": 60}} for name in query.facets})
        return len(found.hits)

    def _clauses(self, query: Query) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        one = tantivy.Query.term_query
        terms = [(should, one(self.schema, "text", term)) for term in dict.fromkeys(fold(query.text).split())]
        yield must, tantivy.Query.boolean_query(terms)
        for name, wanted in query.filters.items():
            values = [(should, one(self.schema, name, value)) for value in wanted]
            yield must, tantivy.Query.const_score_query(tantivy.Query.boolean_query(values), 0.0)


CONTENDERS: dict[str, type[Contender]] = {"whoosh": Whoosh, "fts5": Fts5, "tantivy": Tantivy}
