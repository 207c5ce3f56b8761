"""English questions find Vietnamese texts and back, by the term pairs alone."""

import csv
from pathlib import Path

import pytest

from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore
from marketplace.search.text.analysis import is_syllable
from marketplace.search.text.thesaurus import form_of, shipped_rows

#: A Vietnamese text, an English question for it, an English text of the same thing, a Vietnamese question.
with (Path(__file__).parent / "bilingual.csv").open(encoding="utf-8", newline="") as lines:
    SET = list(csv.DictReader(lines))


def misses(text, question):
    """Return the questions whose text is not found first among all."""
    engine = WhooshEngine(MemoryStore())
    engine.rebuild(Document("listing", number, row[text]) for number, row in enumerate(SET))
    found = [engine.query(Query(row[question], limit=1)).hits for row in SET]
    return [row[question] for number, row in enumerate(SET) if not found[number] or found[number][0].id != number]


@pytest.mark.parametrize(
    ("text", "question"),
    [("vietnamese", "english_question"), ("english", "vietnamese_question")],
    ids=["English asks", "Vietnamese asks"],
)
def test_most_questions_in_the_other_language_find_their_text_first(text, question):
    assert len(SET) >= 60
    missed = misses(text, question)
    assert 1 - len(missed) / len(SET) >= 0.8, missed


def test_the_pairs_are_many_and_none_is_a_lone_vietnamese_syllable():
    rows = shipped_rows()
    pairs = [forms for forms, weak in rows if not weak and len(set(map(str.isascii, forms))) == 2]
    assert len(pairs) >= 400
    for forms, weak in rows:
        assert len(set(forms)) == len(forms) > 1 and all(form == form.strip() for form in forms), forms
        for form in () if weak else forms:
            terms = form_of(form).terms
            assert len(terms) > 1 or form.isupper() or not is_syllable(terms[0]), f"without marks {form} means too much"
