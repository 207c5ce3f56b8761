"""Topics: two levels whose codes can be told apart, and a classifier that says little rather than something wrong."""

from __future__ import annotations

import re

import pytest

from marketplace.vocabulary import (
    HANOI_PRIORITY_FIELDS,
    SCIENCE_FIELDS,
    TOPICS,
    priorities_of,
    science_fields_of,
    topic,
    topics_of_priority,
    topics_of_science_field,
    with_tops,
)
from marketplace.vocabulary.topic_proposal import MOST, propose


def test_there_are_two_levels_and_a_code_begins_with_no_other_but_its_parents() -> None:
    assert [len(TOPICS.children(top.code)) for top in TOPICS.children()] == [6] * 12
    for one in TOPICS:
        assert re.fullmatch("[a-z]+(-[a-z]+)*", one.code), one.code
        begins = [other.code for other in TOPICS if one.code.startswith(other.code)]
        wrong = set(begins) - {one.code, one.parent}
        assert not wrong, f"{one.code}: a filter by {wrong} would find it too"
        assert not one.parent or one.code.startswith(one.parent + "-")


def test_every_topic_below_has_words_of_both_languages_that_are_its_own() -> None:
    for one in TOPICS:
        found = topic(one.code)
        assert found is not None
        if found.parent:
            assert len(found.words) >= 8 and len(set(found.words)) == len(found.words), one.code
            assert any(word.isascii() for word in found.words) and not all(word.isascii() for word in found.words), one.code


def test_topics_science_fields_and_priority_fields_lead_to_each_other() -> None:
    for code in SCIENCE_FIELDS.codes:
        tops = topics_of_science_field(code)
        assert tops and all(code in science_fields_of([one]) for one in tops), code
    for code in set(HANOI_PRIORITY_FIELDS.codes) - {"capital_law_other"}:  # the eight fields of the law are not told apart
        found = topics_of_priority(code)
        assert found and all(code in priorities_of([one]) for one in found), code
    assert science_fields_of(["agriculture-crops", "ai-vision"]) == ["4", "1", "2"]
    assert topics_of_science_field("4") == ["agriculture"] and topics_of_science_field("6")[0] == "education"
    assert with_tops(["ai-vision", "ai", "unknown"]) == ["ai", "ai-vision"]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Khử màu và tái sử dụng 60 % nước thải nhuộm hoạt tính", "", ["environment-wastewater"]),
        ("Xu ly nuoc thai sinh hoat bang mang loc", "", ["environment-wastewater"]),  # without marks
        ("Membrane bioreactor for apartment wastewater", "", ["environment-wastewater"]),
        ("Điều khiển đèn tín hiệu giao thông thích nghi", "Giảm ùn tắc tại nút giao.", ["urban-traffic"]),
        ("Trợ lý trả lời thủ tục hành chính cho bộ phận một cửa", "", ["government-services"]),
        ("Đế thử chip bán dẫn bước chân 0,35 mm", "", ["electronics-chips"]),
        ("Robots for welding", "", ["manufacturing-machining", "manufacturing-robots"]),
        ("Đếm phương tiện", "Phương tiện giao thông công cộng nhu cầu cao, cá nhân.", []),  # syllables of other words
        ("Một giải pháp mới", "", []),
        ("", "", []),
    ],
)
def test_a_text_proposes_what_it_speaks_of(title: str, text: str, expected: list[str]) -> None:
    found = propose(title, text)
    assert found[: len(expected)] == expected and (expected or not found), found


def test_what_is_chosen_is_not_proposed_again_and_fields_alone_propose_nothing() -> None:
    words = "Xử lý nước thải dệt nhuộm bằng than hoạt tính, quan trắc nước thải tự động"
    assert "environment-wastewater" not in propose(words, known=("environment-wastewater",))
    assert len(propose(words, words, words.split(", "))) <= MOST
    assert propose("Một giải pháp mới", science_field="4", priority="smart_health") == []


def test_a_declared_field_tips_the_balance() -> None:
    bare = propose("Cảm biến", "giám sát bệnh nhân trong bệnh viện")
    tipped = propose("Cảm biến", "giám sát bệnh nhân trong bệnh viện, phòng khám", priority="smart_health")
    assert "health-digital-care" in tipped and "health-digital-care" not in bare
    assert bare[0] == "electronics-sensors"
