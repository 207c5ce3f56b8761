"""The code sets: well formed, bilingual, NFC, and no official code invented."""

import unicodedata
from pathlib import Path

import pytest

from marketplace.vocabulary import (
    EXPONENTS,
    LISTING_REASONS,
    NEED_REASONS,
    OBJECT_KINDS,
    ORGANISATION_REASONS,
    SCIENCE_FIELDS,
    TRL,
    VOCABULARIES,
    VSIC_SECTIONS,
    Term,
    Vocabulary,
    bands_of,
)
from marketplace.vocabulary.__main__ import markdown

ALL = sorted(VOCABULARIES.items())


@pytest.mark.parametrize(("name", "vocabulary"), ALL)
def test_every_term_has_both_names_in_nfc(name, vocabulary):
    assert len(vocabulary) >= 2, "a vocabulary of fewer than two terms is a constant"
    for term in vocabulary:
        assert term.vi and term.en, f"{name}: {term.code} lacks a name"
        for text in (term.vi, term.en, term.note_vi, term.note_en):
            assert text == unicodedata.normalize("NFC", text).strip()
        assert bool(term.note_vi) == bool(term.note_en), f"{name}: {term.code} has its note in one language only"


@pytest.mark.parametrize(("name", "vocabulary"), ALL)
def test_codes_fit_their_column_and_names_are_distinct(name, vocabulary):
    assert all(code.isascii() and len(code) <= 40 for code in vocabulary.codes), (
        "codes are ASCII of at most 40 characters: they stand in addresses and columns"
    )
    for locale in ("vi", "en"):
        names = [label for _, label in vocabulary.choices(locale)]
        assert len(names) == len(set(names)), "two terms of a vocabulary have the same name; tell them apart"


def test_a_label_is_found_in_the_language_asked():
    assert TRL.label("4", "vi") == "Kiểm chứng trong phòng thí nghiệm"
    assert TRL.label("4", "en_GB") == "Validated in the laboratory"
    assert TRL.label(4, "vi") == TRL.label("4")
    assert TRL.choices("en")[0] == ("1", "Basic principles observed")


def test_an_unknown_code_is_shown_as_it_is_and_is_not_a_member():
    assert TRL.label("99") == "99"
    assert TRL.label(None) == ""
    assert "99" not in TRL
    assert None not in TRL
    assert TRL.get("99") is None


def test_slips_in_the_data_stop_at_import():
    with pytest.raises(ValueError, match="repeated"):
        Vocabulary("x", (Term("a", "a", "a"), Term("a", "b", "b")))
    with pytest.raises(ValueError, match="parent"):
        Vocabulary("x", (Term("a", "a", "a", parent="b"),))


def test_science_fields_have_level_1_only():
    assert SCIENCE_FIELDS.codes == ("1", "2", "3", "4", "5", "6")


def test_vsic_has_the_22_sections_of_2025():
    assert "".join(VSIC_SECTIONS.codes) == "ABCDEFGHIJKLMNOPQRSTUV"
    assert VSIC_SECTIONS.effective == "2025-11-15"


def test_legal_sets_name_their_source_and_date():
    for name in ("object_kinds", "transfer_forms", "transfer_methods", "payment_methods", "control_classes"):
        assert VOCABULARIES[name].source and VOCABULARIES[name].effective, (
            "say in the vocabulary file where the terms come from (source) and since when they hold "
            "(effective)"
        )
    assert all(term.source.startswith("Art. 4") for term in OBJECT_KINDS), (
        "name the article in source= of every kind of object"
    )


@pytest.mark.parametrize("reasons", [LISTING_REASONS, NEED_REASONS, ORGANISATION_REASONS], ids=lambda one: one.name)
def test_each_kind_has_enough_coded_reasons_with_a_text_to_send(reasons):
    assert len(reasons) >= 10, "a reason was removed; the law names more"
    assert all(term.note_vi for term in reasons if term.code != "other"), (
        "give every reason a note for the author (note_vi)"
    )


@pytest.mark.parametrize(("low", "high", "expected"), [
    (None, None, ()),
    (0, None, ("lt100m",)),
    (99_999_999, None, ("lt100m",)),
    (100_000_000, None, ("100m-500m",)),
    (20_000_000_000, None, ("ge20b",)),
    (400_000_000, 600_000_000, ("100m-500m", "500m-1b")),
    (None, 100_000_000, ("lt100m", "100m-500m")),
])
def test_an_amount_falls_in_its_bands(low, high, expected):
    assert bands_of(low, high) == expected


def test_every_currency_has_an_exponent():
    assert set(EXPONENTS) == set(VOCABULARIES["currencies"].codes), (
        "say in EXPONENTS how many decimals a new currency has"
    )
    assert (EXPONENTS["VND"], EXPONENTS["USD"], EXPONENTS["JPY"]) == (0, 2, 0)


def test_the_documentation_is_what_the_data_prints():
    page = Path(__file__).parents[2] / "docs" / "vocabulary.md"
    assert page.read_text(encoding="utf-8") == markdown(), (
        "run: python -m marketplace.vocabulary > docs/vocabulary.md")
