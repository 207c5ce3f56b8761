"""Names that look like others."""

from __future__ import annotations

import pytest

from marketplace.values.lookalikes import mixes_alphabets, skeleton


@pytest.mark.parametrize("name", ["Viện Nướс Hồng Giang", "Αcme", "Cоng ty", "ΑBС"])
def test_a_word_of_two_alphabets_is_no_name(name: str) -> None:
    assert mixes_alphabets(name)


@pytest.mark.parametrize("name", [
    "Viện Nước Hồng Giang", "Đặng Thị Hằng", "Институт воды", "Công ty Вода", "Ινστιτούτο",
    "水研究所 Co., Ltd", "µTech", "3M", "K+S", "",
])
def test_names_of_one_alphabet_a_word_are_names(name: str) -> None:
    assert not mixes_alphabets(name)


@pytest.mark.parametrize("twin", [
    "VIỆN NƯỚC HỒNG GIANG", "Viện Nước Hồng G1ang", "Vien Nuoc Hong Giang",
    "Viện Nướс Hồng Giаng", "Viện-Nước Hồng Giang.", "Vlện Nước Hồng Giang",
])
def test_what_looks_the_same_is_the_same(twin: str) -> None:
    assert skeleton(twin) == skeleton("Viện Nước Hồng Giang")


def test_alphabets_whose_words_look_alike_and_pairs_that_run_together() -> None:
    assert skeleton("СОСОА") == skeleton("COCOA") == skeleton("ϹΟϹΟΑ".replace("Ϲ", "C"))
    assert skeleton("Rnodern Water") == skeleton("Modern Water")
    assert skeleton("Vinamilk") != skeleton("Vinamit") and skeleton("Институт воды") != skeleton("Институт нефти")
