"""Telling words: pairs of syllables, whole foreign words, known terms of two languages, written as people wrote them."""

from __future__ import annotations

import pytest

from marketplace.matching.concepts import Concepts
from marketplace.matching.keywords import (
    BODY,
    KEYWORD,
    MOST_OF_ALL,
    TITLE,
    bag_of_terms,
    coverage,
    extract_terms,
    junctions,
    key_terms,
    phrases,
    rarity,
    runs,
    weigh_terms,
)
from marketplace.search import Spread

NEED = [
    ("Xử lý nước thải dệt nhuộm bằng màng lọc MBR", TITLE),
    ("nước thải", KEYWORD),
    ("dệt nhuộm", KEYWORD),
    ("Doanh nghiệp cần xử lý màu và COD của nước thải.", BODY),
]


NONE = Spread(0, {})


def words(text: str) -> list[str]:
    return [" ".join(word.written for word in run) for run in runs(text)]


def among(texts: list[str]) -> Spread:
    """How common every term of some texts is among them."""
    bags = [bag_of_terms(text) for text in texts]
    return Spread(len(bags), {term: sum(term in bag for bag in bags) for term in set().union(*bags)})


def test_single_vietnamese_syllables_tell_nothing() -> None:
    assert "nuoc" not in extract_terms("nước thải")
    assert extract_terms("nước thải nước thải")["nuoc thai"] == 2
    assert "membrane" in extract_terms("the membrane of the system")
    assert "the" not in extract_terms("the membrane")


def test_pairs_do_not_cross_function_words_numbers_or_punctuation() -> None:
    assert words("Xử lý màu và COD của nước thải, 500 lít; đo độ đục") == [
        "Xử lý màu", "COD", "nước thải", "lít", "đo độ đục"
    ]
    assert words("treatment of wastewater in the plant") == ["treatment", "wastewater", "plant"]


def test_english_function_words_are_vietnamese_words_in_vietnamese() -> None:
    assert words("an toàn lao động, may mặc, in 3D, than hoạt tính") == [
        "an toàn lao động", "may mặc", "in 3D", "than hoạt tính"
    ]


def test_words_that_only_ask_leave_no_fragment_with_their_neighbour() -> None:
    said_so = extract_terms("Yêu cầu giảm độ ẩm, nhu cầu xử lý rác")
    assert {"giam do", "do am", "xu ly", "ly rac"} <= set(said_so)
    assert not [term for term in said_so if "cau" in term.split()]
    assert "cau giam" in extract_terms("cầu giảm tải")


@pytest.mark.parametrize(
    ("one", "other"),
    [("xử lý nước thải", "wastewater treatment"), ("trí tuệ nhân tạo", "artificial intelligence"),
     ("học máy", "machine learning")],
)
def test_known_terms_are_the_same_term_in_both_languages(one: str, other: str) -> None:
    shared = {term for term in set(extract_terms(one)) & set(extract_terms(other)) if term.startswith("=")}
    assert shared
    assert shared <= bag_of_terms(f"{other} for industry")


def test_other_diacritics_are_another_word_and_ambiguous_forms_are_no_evidence() -> None:
    concepts = Concepts([(["thú y", "veterinary medicine"], False), (["CN", "công nghệ"], True)])
    assert list(concepts.named(["thu", "y"], ["thu", "y"])) == ["=thu y"]
    assert list(concepts.named(["thu", "y"], ["thư", "ý"])) == []
    assert list(concepts.named(["cong", "nghe"], ["cong", "nghe"])) == []


def test_two_lists_that_name_one_thing_make_one_term() -> None:
    concepts = Concepts([(["TTNT", "trí tuệ nhân tạo"], False), (["học máy", "machine learning"], False),
                         (["trí tuệ nhân tạo", "artificial intelligence"], False)])
    assert list(concepts.named(["artificial", "intelligence"], ["artificial", "intelligence"])) == ["=ttnt"]
    assert "artificial intelligence" in concepts.forms("=ttnt")
    key = key_terms(weigh_terms([("Artificial intelligence", TITLE)]), NONE, NONE)
    assert sum(term.startswith("=") for term in key) == 1
    assert sum(key.values()) == pytest.approx(MOST_OF_ALL)  # one phrase, however often it is counted


def test_the_pairs_of_a_long_phrase_are_bounded_each_by_itself() -> None:
    key = key_terms(weigh_terms([("xử lý bụi mịn lò hơi nhà máy giấy", TITLE)]), Spread(50, {}), NONE)
    assert MOST_OF_ALL < sum(key.values()) <= 1
    assert max(key.values()) <= MOST_OF_ALL + 1e-9


def test_the_title_weighs_more_than_the_body_and_rare_more_than_common() -> None:
    spread = among(["xử lý nước thải", "xử lý rác", "xử lý màu của nước thải dệt nhuộm", "màng lọc", "xử lý bụi"])
    key = key_terms(weigh_terms(NEED), spread, NONE)
    assert key["=nuoc thai"] > key["nuoc thai"] > key["ly mau"]
    assert key["=nhuom vai"] > key["xu ly"]  # "dệt nhuộm" is a known term of that name
    assert 0.5 < sum(key.values()) <= 1


def test_what_every_need_says_tells_as_little_as_what_every_technology_says() -> None:
    spoken = weigh_terms([("Funding for membrane bioreactor", TITLE)])
    offers = Spread(100, {"membrane": 2, "membrane bioreactor": 2, "bioreactor": 2})
    calls = Spread(100, {"funding": 90, "membrane": 1})
    key = key_terms({**spoken, "funding": spoken["funding"]}, Spread(100, {**offers.having, "funding": 1}), calls)
    assert key["membrane bioreactor"] > 3 * key["funding"]
    assert max(key.values()) <= MOST_OF_ALL + 1e-9


def test_only_so_many_terms_of_a_long_need_are_chosen_and_accidents_are_not() -> None:
    long = " ".join(f"từ{number} khóa{number}" for number in range(400))
    spread = among(["màng lọc nước thải"])
    key = key_terms(weigh_terms([*NEED, (long, BODY)]), spread, NONE, limit=10)
    assert len(key) == 10
    assert {"=nuoc thai", "=mang loc"} <= set(key)
    assert not any("khoa" in term for term in key)


def test_a_pair_that_only_happens_to_be_neighbours_is_a_junction() -> None:
    spread = among(["xử lý rác", "xử lý nước", "nước thải y tế", "nước thải", "xử lý bụi"])
    assert junctions(runs("xử lý nước thải"), spread) == {"ly nuoc"}


def test_shared_words_are_whole_terms_as_written() -> None:
    spread = among(["xử lý nước thải", "xử lý rác", "quản lý nước thải", "màng lọc MBR", "xử lý bụi"])
    key = key_terms(weigh_terms(NEED), spread, NONE)
    asked = [run for text, _weight in NEED for run in runs(text)]

    def shown(offer: str) -> list[str]:
        return phrases(asked, key, frozenset(bag_of_terms(offer)), spread)

    assert shown("Màng lọc MBR cho xử lý nước thải công nghiệp") == ["Xử lý nước thải", "màng lọc MBR"]
    assert shown("Quản lý nước thải đô thị") == ["nước thải"]
    assert shown("Máy xúc") == []


def test_coverage_is_the_weight_of_what_is_shared() -> None:
    assert coverage({"a b": 0.75, "c d": 0.25}, frozenset({"c d", "x"})) == 0.25
    assert coverage({}, frozenset()) == 0


def test_rarity_falls_with_the_number_of_texts_and_says_something_in_a_catalogue_of_one() -> None:
    assert rarity(0, 100) > rarity(1, 100) > rarity(50, 100) > rarity(100, 100) > 0
    assert rarity(1, 1) > 0.5


def test_nothing_is_no_error() -> None:
    assert key_terms(weigh_terms([("", TITLE)]), NONE, NONE) == {}
    assert phrases([], {}, frozenset(), Spread(0, {})) == []
