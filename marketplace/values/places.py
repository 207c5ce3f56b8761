"""Places in two tiers, as since 1 July 2025: 34 provinces and cities, and their wards, communes and special zones.

Codes are the official ones as text: "01" is Hanoi, "00070" is Hoàn Kiếm ward. The data is the JSON file of the
package `vietnam-provinces`; it is read at first use and without importing the package, whose lookup tables cost
start-up time and differ between its versions, while the file does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marketplace.values.text import fold, sort_key, strip_marks
from marketplace.vocabulary import is_english

HANOI = "01"

_CITY, _PROVINCE = "Thành phố ", "Tỉnh "  # versions of the package differ in whether a province carries its kind
_ENGLISH_PROVINCES = {"Hà Nội": "Hanoi", "Hải Phòng": "Hai Phong", "Hồ Chí Minh": "Ho Chi Minh City"}
#: Today's province → those that Resolution 202/2025/QH15 merged into it, whose names are still written.
_MERGED = {
    "Tuyên Quang": "Hà Giang", "Lào Cai": "Yên Bái", "Thái Nguyên": "Bắc Kạn|Bắc Cạn", "Phú Thọ": "Vĩnh Phúc|Hòa Bình",
    "Bắc Ninh": "Bắc Giang", "Hưng Yên": "Thái Bình", "Hải Phòng": "Hải Dương", "Ninh Bình": "Hà Nam|Nam Định",
    "Quảng Trị": "Quảng Bình", "Đà Nẵng": "Quảng Nam", "Quảng Ngãi": "Kon Tum|Kontum", "Gia Lai": "Bình Định",
    "Khánh Hòa": "Ninh Thuận", "Lâm Đồng": "Bình Thuận|Đắk Nông|Đăk Nông|Đắc Nông", "Đắk Lắk": "Phú Yên",
    "Hồ Chí Minh": "Bình Dương|Bà Rịa - Vũng Tàu|Bà Rịa|Vũng Tàu|BR-VT|BRVT", "Đồng Nai": "Bình Phước",
    "Tây Ninh": "Long An", "Cần Thơ": "Hậu Giang|Sóc Trăng", "Vĩnh Long": "Bến Tre|Trà Vinh", "Đồng Tháp": "Tiền Giang",
    "Cà Mau": "Bạc Liêu", "An Giang": "Kiên Giang", "Hà Nội": "Hà Tây",
}
#: Other ways to write the names of today, beside the folded name with and without its kind.
_OTHER_NAMES = {
    "Hồ Chí Minh": "TP.HCM|TPHCM|HCM|HCMC|Sài Gòn|Saigon|TP HCM|TP.Hồ Chí Minh|Ho Chi Minh City|SG",
    "Hà Nội": "Hanoi|HN|Ha Noi City|Hanoi City|Thủ đô Hà Nội", "Đà Nẵng": "Danang|ĐN|Da Nang City",
    "Huế": "Thừa Thiên Huế|Thừa Thiên - Huế|TT Huế|TTHuế|TT-Huế", "Hải Phòng": "Haiphong|HP|Hai Phong City",
    "Đắk Lắk": "Đăk Lăk|Đắc Lắc|Đak Lak|Daklak", "Cần Thơ": "Can Tho City",
}
_PROVINCE_WORD = re.compile(r"^(thanh pho|tinh|tp|city of|province of)\s*(?!hcm$)(?=\S)|\s(province|city)$")
_COUNTRY = re.compile(r"(vietnam|vn)$")
_KINDS = {"phường": ("ward", "Ward"), "xã": ("commune", "Commune"), "đặc khu": ("special_zone", "Special Zone")}


@dataclass(frozen=True, slots=True)
class Province:
    """A province or a city under the central government."""

    code: str
    name: str  # "Hà Nội", without its kind
    name_en: str
    is_city: bool

    def label(self, locale: object = "vi") -> str:
        """Return the usual name in `locale`."""
        return self.name_en if is_english(locale) else self.name


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward, commune or special zone. `kind` is one of ward, commune, special_zone."""

    code: str
    province: str
    name: str  # "Phường Hoàn Kiếm", with its kind: some wards and communes share their bare name
    name_en: str  # "Hoan Kiem Ward"
    kind: str

    def label(self, locale: object = "vi") -> str:
        """Return the name with its kind in `locale`."""
        return self.name_en if is_english(locale) else self.name


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    provinces: Mapping[str, Province]
    wards: Mapping[str, Ward]
    by_province: Mapping[str, tuple[Ward, ...]]


def provinces() -> tuple[Province, ...]:
    """Return all provinces and cities in Vietnamese order of their names."""
    return tuple(_data().provinces.values())


def wards(province: str) -> tuple[Ward, ...]:
    """Return the wards of the province of that code, in Vietnamese order of their bare names; none if unknown."""
    return _data().by_province.get(province, ())


def province(code: str | None) -> Province | None:
    """Return the province of `code`, or None."""
    return _data().provinces.get(code or "")


def named_province(text: str) -> tuple[Province | None, bool]:
    """Return the province that a text names or codes, and whether it is the name of one that the reform of 2025 merged."""
    wanted = _PROVINCE_WORD.sub("", fold(text)).replace(" ", "")
    found = _names().get(wanted)
    if found is None and (match := _COUNTRY.search(wanted)):
        wanted = wanted[: match.start()]
        found = _names().get(wanted)
    return (None, False) if found is None else (_data().provinces[found], wanted in _merged())


@cache
def _names() -> Mapping[str, str]:
    """Return the code of a province by every name it is known by, folded and without spaces."""
    found = dict(_merged())
    current = {place.name: place.code for place in provinces()}
    for name, code in current.items():
        found[_key(name)] = code
        found[code] = code
        found.setdefault(str(int(code)), code)
        found[_key(_data().provinces[code].name_en)] = code
    for name, others in _OTHER_NAMES.items():
        for other in others.split("|"):
            found.setdefault(_key(other), current[name])
    return found


@cache
def _merged() -> Mapping[str, str]:
    current = {place.name: place.code for place in provinces()}
    return {_key(old): current[new] for new, names in _MERGED.items() for old in names.split("|")}


def _key(name: str) -> str:
    return fold(name).replace(" ", "")


def ward(code: str | None) -> Ward | None:
    """Return the ward of `code`, or None."""
    return _data().wards.get(code or "")


def is_ward_of(ward_code: str | None, province_code: str | None) -> bool:
    """Tell whether the ward belongs to the province; False for unknown codes."""
    found = ward(ward_code)
    return found is not None and found.province == province_code


def label(province_code: str | None, ward_code: str | None = None, locale: object = "vi") -> str:
    """Return "Phường Hoàn Kiếm, Hà Nội", or what of it is known; an empty string for unknown codes."""
    names = [place.label(locale) for place in (ward(ward_code), province(province_code)) if place]
    return ", ".join(names)


def province_choices(locale: object = "vi") -> list[tuple[str, str]]:
    """Return (code, name) pairs of the provinces for a select field."""
    return [(place.code, place.label(locale)) for place in provinces()]


def ward_choices(province_code: str, locale: object = "vi") -> list[tuple[str, str]]:
    """Return (code, name) pairs of the wards of a province for a select field."""
    return [(place.code, place.label(locale)) for place in wards(province_code)]


@cache
def _data() -> _Gazetteer:
    raw = json.loads(_source().read_text(encoding="utf-8"))
    found: dict[str, Province] = {}
    below: dict[str, tuple[Ward, ...]] = {}
    for entry in raw:
        place = _province(entry)
        found[place.code] = place
        below[place.code] = _wards(place.code, entry["wards"])
    ordered = sorted(found.values(), key=lambda place: sort_key(place.name))
    every_ward = {place.code: place for group in below.values() for place in group}
    return _Gazetteer(
        MappingProxyType({place.code: place for place in ordered}),
        MappingProxyType(every_ward),
        MappingProxyType(below),
    )


def _source() -> Path:
    spec = find_spec("vietnam_provinces")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package vietnam-provinces is not installed")
    return Path(spec.submodule_search_locations[0], "data", "nested-divisions.json")


def _province(entry: Mapping[str, Any]) -> Province:
    name = str(entry["name"]).removeprefix(_CITY).removeprefix(_PROVINCE)
    english = _ENGLISH_PROVINCES.get(name, strip_marks(name))
    return Province(f"{entry['code']:02d}", name, english, str(entry["name"]).startswith(_CITY))


def _wards(province_code: str, entries: list[Mapping[str, Any]]) -> tuple[Ward, ...]:
    keyed = []
    for entry in entries:
        division, name = entry["division_type"], str(entry["name"])
        kind, english = _KINDS[division]
        bare = name[len(division) + 1:] if name.casefold().startswith(f"{division} ") else name
        place = Ward(f"{entry['code']:05d}", province_code, name, f"{strip_marks(bare)} {english}", kind)
        keyed.append(((sort_key(bare), name), place))
    return tuple(place for _, place in sorted(keyed, key=lambda pair: pair[0]))
