"""Provinces and wards of the 2025 reform."""

import unicodedata

import pytest

from marketplace.values import places
from marketplace.values.text import sort_key


def test_there_are_34_provinces_in_vietnamese_order():
    names = [place.name for place in places.provinces()]
    assert len(names) == 34
    assert names == sorted(names, key=sort_key)
    assert names.index("Cao Bằng") < names.index("Đà Nẵng") < names.index("Gia Lai") < names.index("Hà Nội")
    assert sum(place.is_city for place in places.provinces()) == 6


def test_hanoi_has_126_wards_and_communes():
    wards = places.wards(places.HANOI)
    assert len(wards) == 126
    assert {ward.kind for ward in wards} == {"ward", "commune"}
    assert all(places.is_ward_of(ward.code, "01") for ward in wards)


def test_every_ward_is_in_exactly_one_province():
    codes = [ward.code for province in places.provinces() for ward in places.wards(province.code)]
    assert len(codes) == len(set(codes)) > 3_000
    assert all(len(code) == 5 and code.isdigit() for code in codes)


def test_names_are_nfc_and_distinct_within_a_province():
    for province in places.provinces():
        names = [ward.name for ward in places.wards(province.code)]
        assert len(names) == len(set(names))
        assert all(name == unicodedata.normalize("NFC", name) for name in names)


@pytest.mark.parametrize(("province", "ward", "locale", "text"), [
    ("01", "00070", "vi", "Phường Hoàn Kiếm, Hà Nội"),
    ("01", "00070", "en", "Hoan Kiem Ward, Hanoi"),
    ("79", None, "vi", "Hồ Chí Minh"),
    ("79", None, "en", "Ho Chi Minh City"),
    ("48", "", "en", "Da Nang"),
    ("99", "99999", "vi", ""),
    (None, None, "vi", ""),
])
def test_a_place_has_a_label(province, ward, locale, text):
    assert places.label(province, ward, locale) == text


def test_a_ward_belongs_to_its_province_only():
    assert places.is_ward_of("00070", "01")
    assert not places.is_ward_of("00070", "79")
    assert not places.is_ward_of("nonsense", "01")
    assert not places.is_ward_of(None, None)


def test_wards_sort_by_their_bare_name():
    names = [ward.name for ward in places.wards("01")]
    assert names.index("Phường Ba Đình") < names.index("Xã Ba Vì") < names.index("Phường Hoàn Kiếm")


def test_an_unknown_province_has_no_wards():
    assert places.wards("99") == ()
    assert places.province("99") is None
    assert places.ward("99999") is None


def test_choices_are_pairs_for_a_select_field():
    assert ("01", "Hanoi") in places.province_choices("en")
    assert ("00070", "Phường Hoàn Kiếm") in places.ward_choices("01")


@pytest.mark.parametrize(("written", "name", "merged"), [
    ("TP.HCM", "Hồ Chí Minh", False), ("TPHCM", "Hồ Chí Minh", False), ("TP. Hồ Chí Minh", "Hồ Chí Minh", False),
    ("Thành phố Hồ Chí Minh", "Hồ Chí Minh", False), ("Sài Gòn", "Hồ Chí Minh", False), ("HCMC", "Hồ Chí Minh", False),
    ("Tp Hà Nội", "Hà Nội", False), ("Hà Nội, Việt Nam", "Hà Nội", False), ("Hanoi", "Hà Nội", False),
    ("Hanoi City", "Hà Nội", False), ("thành phố Đà Nẵng", "Đà Nẵng", False), ("Thừa Thiên Huế", "Huế", False),
    ("Thừa Thiên - Huế", "Huế", False), ("Tỉnh Đắk Lắk", "Đắk Lắk", False), ("Đăk Lăk", "Đắk Lắk", False),
    ("01", "Hà Nội", False), ("1", "Hà Nội", False), ("Bình Dương", "Hồ Chí Minh", True), ("Hải Dương", "Hải Phòng", True),
    ("tỉnh Hà Nam", "Ninh Bình", True), ("Bà Rịa – Vũng Tàu", "Hồ Chí Minh", True), ("Kon Tum", "Quảng Ngãi", True),
    ("Nam Dinh Province", "Ninh Bình", True), ("Thái Bình", "Hưng Yên", True),
])
def test_a_province_is_known_by_every_usual_name(written, name, merged):
    place, was_merged = places.named_province(written)
    assert place is not None and (place.name, was_merged) == (name, merged)


def test_all_63_names_of_before_the_reform_lead_to_a_province_of_today():
    known = {place.name for place in places.provinces()}
    assert set(places._MERGED) <= known and set(places._OTHER_NAMES) <= known
    assert places.named_province("Atlantis") == places.named_province("") == (None, False)
