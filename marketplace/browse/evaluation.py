"""Measure search on a labelled set in BEIR layout with exactly the analysis and ranking of the site."""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from marketplace.search import Document, Query, SearchEngine
from marketplace.search.engines import create_engine
from marketplace.search.semantic.engine import SemanticEngine
from marketplace.search.semantic.similarity import Embedder, language_of, text_of
from marketplace.search.semantic.vectors import DocumentVector, VectorSet
from marketplace.values.text import strip_marks

KIND = "passage"
DEPTH = 10
COLUMNS = ("query-id", "corpus-id", "score")


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one evaluation; times in milliseconds per query."""

    queries: int
    p_at_1: float
    recall_at_10: float
    ndcg_at_10: float
    p50_ms: float
    p95_ms: float

    def line(self) -> str:
        """Return the one line that the command prints."""
        return (
            f"P@1={self.p_at_1:.3f} R@10={self.recall_at_10:.3f} nDCG@10={self.ndcg_at_10:.3f} "
            f"p50_ms={self.p50_ms:.1f} p95_ms={self.p95_ms:.1f}"
        )


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A BEIR folder: texts, questions and which texts answer them, with their grades."""

    names: list[str]  # document ids of the set; ours are positions in this list, from 1
    documents: list[Document]
    queries: dict[str, str]
    grades: dict[str, dict[str, float]]


def read_folder(folder: Path) -> LabelledSet:
    """Read corpus.jsonl, queries.jsonl and qrels.tsv (also qrels/test.tsv); errors are those of the files."""
    rows = list(_json_lines(folder / "corpus.jsonl"))
    documents = [
        Document(kind=KIND, id=number, title=row.get("title") or "", body=row.get("text") or "")
        for number, row in enumerate(rows, start=1)
    ]
    queries = {str(row["_id"]): row["text"] for row in _json_lines(folder / "queries.jsonl")}
    return LabelledSet([str(row["_id"]) for row in rows], documents, queries, _grades(folder))


def _json_lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _grades(folder: Path) -> dict[str, dict[str, float]]:
    """Read the labels: query, text, score as in BEIR, with or without a header, or query, 0, text, score as in TREC."""
    path = folder / "qrels.tsv"
    if not path.exists():
        path = folder / "qrels" / "test.tsv"
    grades: dict[str, dict[str, float]] = defaultdict(dict)
    places: Sequence[int] = ()  # of the columns, when a header names them
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            row = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
            if number == 1 and {*COLUMNS} <= {*row}:
                places = [row.index(name) for name in COLUMNS]
            elif row and any(row) and not (number == 1 and row[-1].isalpha()):
                query, text, score = _label(row, places, f"{path.name}, line {number}")
                if score > 0:
                    grades[query][text] = score
    return grades


def _label(row: Sequence[str], places: Sequence[int], where: str) -> tuple[str, str, float]:
    try:
        query, text, score = [row[place] for place in places or {3: (0, 1, 2), 4: (0, 2, 3)}[len(row)]]
        if not math.isfinite(float(score)):
            raise ValueError(score)
    except (LookupError, ValueError):
        raise ValueError(f"{where}: no query, text and score") from None
    return query, text, float(score)


def run(
    folder: Path,
    limit: int | None = None,
    fold_queries: bool = False,
    url: str = "whoosh://",
    questions: Path | None = None,
    embedder: Embedder | None = None,
) -> Result:
    """Index the folder in a scratch index and ask its first `limit` labelled questions.

    `fold_queries` strips diacritics from the questions first, as a hurried person types them. `questions` is a folder
    whose questions are asked instead: the same ones in another language. With an embedder, search is by meaning too.
    """
    labelled = read_folder(folder)
    if questions is not None:
        labelled = replace(labelled, queries=read_folder(questions).queries)
    with tempfile.TemporaryDirectory(prefix="search-eval-") as scratch:
        engine = create_engine(url, Path(scratch))
        engine.rebuild(labelled.documents)
        if embedder is not None:
            engine = SemanticEngine(engine, embedder, VectorSet(_vectors(labelled.documents, embedder)))
        return _measure(engine, labelled, limit, fold_queries)


def _vectors(documents: Iterable[Document], embedder: Embedder) -> Iterator[DocumentVector]:
    for document in documents:
        text = text_of(document)
        yield DocumentVector(KIND, document.id, document.audience, language_of(text) == "vi", embedder.passage(text))


def _measure(engine: SearchEngine, labelled: LabelledSet, limit: int | None, fold_queries: bool) -> Result:
    asked = [key for key in labelled.queries if labelled.grades.get(key)][:limit]
    if not asked:
        raise ValueError("no labelled question in this folder")
    first = recall = gain = 0.0
    times: list[float] = []
    for key in asked:
        text = strip_marks(labelled.queries[key]) if fold_queries else labelled.queries[key]
        begin = time.perf_counter()
        page = engine.query(Query(text=text, kinds=(KIND,), limit=DEPTH, semantic=True))
        times.append((time.perf_counter() - begin) * 1000)
        grades = labelled.grades[key]
        found = [grades.get(labelled.names[hit.id - 1], 0) for hit in page.hits]
        first += bool(found and found[0])
        recall += sum(map(bool, found)) / min(len(grades), DEPTH)
        gain += _dcg(found) / _dcg(sorted(grades.values(), reverse=True)[:DEPTH])
    times.sort()
    count = len(asked)
    return Result(count, first / count, recall / count, gain / count, times[count // 2], times[int(count * 0.95)])


def _dcg(grades: list[float]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))
