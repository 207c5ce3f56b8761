"""Bounds stated in words: what sixty phrases mean, as filters that are seen and can be taken away; nothing is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.browse.catalogues import NEEDS, ORGANISATIONS, TECHNOLOGIES, Catalogue
from marketplace.browse.query_parser import understand
from marketplace.browse.stated_bounds import stated
from marketplace.core.outbox import drain
from tests import factories
from tests.browse.conftest import Catalogue as Sample
from tests.browse.test_query_language import Names
from tests.listings import samples
from tests.thorough import often

MILLION, BILLION = 10**6, 10**9
Bounds = tuple[float | None, float | None]

#: A phrase, the least and the most that are asked for in millions of đồng.
AMOUNTS: tuple[tuple[str, float | None, float | None], ...] = (
    ("dưới 2 tỷ", None, 1999.999999), ("duoi 2 ty", None, 1999.999999), ("dưới 2 tỉ", None, 1999.999999),
    ("Dưới 2 TỶ đồng", None, 1999.999999), ("nhỏ hơn 500tr", None, 499.999999), ("rẻ hơn 1 tỷ", None, 999.999999),
    ("chưa đến 300 triệu", None, 299.999999), ("tối đa 2 tỷ", None, 2000), ("không quá 1,5 tỷ", None, 1500),
    ("khong qua 1.5 ty", None, 1500), ("không vượt quá 800 triệu", None, 800), ("đến 700 triệu", None, 700),
    ("2 tỷ trở xuống", None, 2000), ("500tr đổ lại", None, 500), ("không quá 2 tỷ rưỡi", None, 2500),
    ("tối đa 1 tỷ 200 triệu", None, 1200), ("dưới 500.000.000", None, 499.999999),
    ("dưới 500000000 đồng", None, 499.999999), ("dưới nửa tỷ", None, 499.999999), ("dưới một tỷ", None, 999.999999),
    ("trên 3 tỷ", 3000.000001, None), ("hơn 800 triệu", 800.000001, None), ("ít nhất hai tỷ", 2000, None),
    ("tối thiểu 400 triệu", 400, None), ("từ 1 tỷ trở lên", 1000, None), ("1 tỷ trở lên", 1000, None),
    ("không dưới 900 triệu", 900, None), ("từ 300 triệu", 300, None),
    ("khoảng 500 triệu", 400, 600), ("tầm 500tr", 400, 600), ("cỡ 1 tỷ", 800, 1200), ("xấp xỉ 2 tỷ", 1600, 2400),
    ("~500 triệu", 400, 600), ("giá 500 triệu", 400, 600), ("ngân sách 2 tỷ", None, 2000),
    ("từ 1 đến 3 tỷ", 1000, 3000), ("tu 1 den 3 ti", 1000, 3000), ("từ 500 triệu đến 2 tỷ", 500, 2000),
    ("1-3 tỷ", 1000, 3000), ("500 – 800 triệu", 500, 800), ("500 triệu - 1 tỷ", 500, 1000), ("1 tới 3 tỷ", 1000, 3000),
    ("trong khoảng 300 - 500 triệu", 300, 500), ("giữa 1 và 2 tỷ", 1000, 2000), ("giá từ 500tr đến 2 tỷ", 500, 2000),
    ("có giá dưới 1,5 tỉ", None, 1499.999999), ("3 đến 1 tỷ", 1000, 3000), ("dưới 5 nghìn tỷ", None, 4_999_999.999999),
    ("under 2 billion", None, 1999.999999), ("less than 1.5 billion VND", None, 1499.999999),
    ("up to 800 million", None, 800), ("at most 2 bilion", None, 2000), ("no more than 900 million dong", None, 900),
    ("under half a billion", None, 499.999999), ("over 2bn", 2000.000001, None), ("at least 500 million", 500, None),
    ("2 billion or more", 2000, None), ("about 300 million", 240, 360), ("between 1 and 3 billion", 1000, 3000),
    ("from 1 to 3 billion", 1000, 3000), ("budget under 2 billion", None, 1999.999999),
    ("priced at most 600 million", None, 600),
)
#: Words around which nothing may be read as money, a level or a place.
NOT_READ = (
    "hơn 2 triệu người dùng", "dưới 2000", "2 tỷ", "trên 500 nghìn lượt", "under 300 million users", "dưới 5 triệu tấn",
    "dưới 2 tỷ USD", '"dưới 2 tỷ"', "-dưới 2 tỷ", "ở nhà", "in series", "màng lọc từ tre", "TRL", "từ 1 đến 3",
    "dưới 2 tỷ OR màng lọc", "under 2 m", "đến nay", "5-7 ngày",
)
LEVELS: tuple[tuple[str, Bounds], ...] = (
    ("TRL 7 trở lên", (7, None)), ("trl 7 tro len", (7, None)), ("TRL từ 6", (6, None)), ("TRL tối thiểu 6", (6, None)),
    ("TRL 7+", (7, None)), ("TRL at least 6", (6, None)), ("from TRL 6", (6, None)), ("TRL 6 or higher", (6, None)),
    ("TRL dưới 5", (None, 4)), ("TRL 4 trở xuống", (None, 4)), ("mức sẵn sàng 7 trở lên", (7, None)),
    ("TRL 5-7", (5, 7)), ("TRL từ 5 đến 7", (5, 7)), ("between TRL 5 and TRL 7", (5, 7)),
)
PLACES = (
    ("ở Hà Nội", "01"), ("o ha noi", "01"), ("tại TP. Hồ Chí Minh", "79"), ("in Hanoi", "01"), ("at Da Nang", "48"),
    ("thuộc tỉnh Lào Cai", "15"), ("tại Bắc Ninh", "24"),
)


def whole(ranges: Mapping[str, Bounds]) -> dict[str, tuple[int | None, ...]]:
    """Bounds in whole đồng: the table states millions."""
    return {name: tuple(None if one is None else round(one) for one in ends) for name, ends in ranges.items()}


@pytest.mark.parametrize(
    ("page", "low", "high"), [(TECHNOLOGIES, "price_min", "price_max"), (NEEDS, "budget_min", "budget_max")],
)
def test_words_about_money_are_bounds(page: Catalogue, low: str, high: str) -> None:
    wrong = []
    for phrase, least, most in AMOUNTS:
        texts = ((phrase, ""), (f"màng lọc {phrase} cho xã", "màng lọc cho xã"), (f"{phrase} màng lọc", "màng lọc"))
        for text, rest in texts:
            read = understand(page, text, Names())
            expected: dict[str, Bounds] = {}
            if least is not None:
                expected[high] = (least * MILLION, most * MILLION if most is not None and high == low else None)
            if most is not None:
                expected[low] = (None, most * MILLION)
            ranges, want = whole(read.ranges()), whole(expected)
            if (ranges, read.words) != (want, rest):
                wrong.append((text, ranges, want, read.words))
    assert not wrong


def test_words_about_other_things_stay_words() -> None:
    read = {text: understand(TECHNOLOGIES, text, Names()) for text in NOT_READ}
    assert not {text: one.understood for text, one in read.items() if one.understood}
    assert not understand(ORGANISATIONS, "dưới 2 tỷ", Names()).understood, "organisations have no price"


def test_words_about_readiness_are_bounds() -> None:
    for text, bounds in LEVELS:
        read = understand(TECHNOLOGIES, f"cảm biến {text}", Names())
        assert (read.ranges().get("trl"), read.words) == (bounds, "cảm biến"), text
    assert understand(TECHNOLOGIES, "TRL 7", Names()).filters({}) == {"trl": ("7",)}


def test_words_about_places_are_filters() -> None:
    for text, code in PLACES:
        for page in (TECHNOLOGIES, NEEDS, ORGANISATIONS):
            read = understand(page, f"cảm biến {text}", Names())
            assert (read.filters({}), read.words) == ({"place": (code,)}, "cảm biến"), text


def test_each_is_taken_away_alone_and_fields_still_count() -> None:
    read = understand(TECHNOLOGIES, "cảm biến dưới 2 tỷ ở Hà Nội lĩnh vực:2 TRL 7 trở lên", Names())
    left = dict(read.chips(lambda text: text))
    assert read.words == "cảm biến" and len(left) == 4
    assert "cảm biến ở Hà Nội lĩnh vực:2 TRL 7 trở lên" in left.values()
    assert "cảm biến dưới 2 tỷ ở Hà Nội lĩnh vực:2" in left.values()


@settings(max_examples=often(60, 2000), deadline=None)
@given(st.text(alphabet="0123456789.,-~ tỷtriệukhoảngdướiđếnTRL+ởHàNội", max_size=120))
def test_no_text_is_an_error_and_stretches_lie_apart(text: str) -> None:
    found = list(stated(text, lambda name: "Hà Nội" if name == "ha noi" else ""))
    assert all(0 <= one.start < one.stop <= len(text) for one in found)
    assert all(one.stop <= other.start for one, other in pairwise(found))


def test_what_states_no_price_is_shown_apart_and_can_be_left_out(catalogue: Sample, ctx: Flask) -> None:
    unpriced = samples.published(catalogue.cast.buyer_user, catalogue.cast.org, catalogue.cast.moderator_user,
                                 title="Cảm biến giá thỏa thuận", pricing_mode="negotiable", price_min=None, price_max=None)
    drain()
    client = factories.client(ctx)
    page = html.unescape(client.get("/technologies", query_string={"q": "dưới 2 tỷ"}).get_data(as_text=True))
    assert "Giá: < 2 tỷ" in page.replace("\xa0", " ")
    main, _, apart = page.partition('id="unpriced"')
    assert unpriced.code in apart and catalogue.light.code not in apart
    assert catalogue.light.code in main and unpriced.code not in main
    assert re.search(r'name="unpriced" value="1" checked', page)
    without = client.get("/technologies?q=dưới+2+tỷ&unpriced=0").get_data(as_text=True)
    assert 'id="unpriced"' not in without
    assert re.search(r'name="unpriced" value="1">', without)
    assert "unpriced=0" in html.unescape(without), "links of the page keep the choice"


def test_the_filter_of_prices_stands_when_no_hit_has_a_price(catalogue: Sample, ctx: Flask) -> None:
    page = factories.client(ctx).get("/technologies?price=unstated&q=xyzzykhongco").get_data(as_text=True)
    assert 'name="price"' in page and 'value="lt100m"' in page
    assert 'id="unpriced"' not in page, "it is asked for already"
