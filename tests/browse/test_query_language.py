"""What people type beyond words: fields, ranges, OR; read as they mean it, shown, removable, never an error."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from marketplace.browse.catalogues import CATALOGUES, NEEDS, TECHNOLOGIES, Catalogue, Facet
from marketplace.browse.query_fields import fields_of
from marketplace.browse.query_parser import understand
from marketplace.browse.search_request import parse, query_of
from marketplace.core.access import GUEST
from marketplace.search import Document
from marketplace.search.engines import create_engine
from marketplace.values import clock
from tests import factories
from tests.browse.conftest import Catalogue as Sample
from tests.thorough import often


class Names:
    """Two organisations and two keywords."""

    locale = "vi"

    def word(self, facet: Facet, code: str) -> str:
        return facet.word(code, "vi")

    def organisations(self, name: str) -> dict[str, str]:
        known = {"7": "Viện Nước", "8": "Viện Đất"}
        return {id_: full for id_, full in known.items() if name.casefold() in full.casefold()}

    def tags(self, text: str) -> tuple[str, ...]:
        return tuple(tag for tag in ("nước thải", "bùn") if text.casefold() in tag)


MILLION, BILLION = 10**6, 10**9


@pytest.mark.parametrize(
    ("text", "words", "filters", "ranges"),
    [
        ("trl:7 máy bơm", "máy bơm", {"trl": ("7",)}, {}),
        ("TRL:5,7", "", {"trl": ("5", "7")}, {}),
        ("trl:7 OR trl:8", "", {"trl": ("7", "8")}, {}),
        ("trl:6..8", "", {}, {"trl": (6, 8)}),
        ("trl:8-6", "", {}, {"trl": (6, 8)}),
        ("trl >= 6 trl<9", "", {}, {"trl": (6, 8)}),
        ("lĩnh vực:2", "", {"field": ("2",)}, {}),
        ("linhvuc:2", "", {"field": ("2",)}, {}),
        ("field:agricultural bơm", "bơm", {"field": ("4",)}, {}),
        ("nơi: Hà Nội bơm", "bơm", {"place": ("01",)}, {}),
        ("tỉnh:HN", "", {"place": ("01",)}, {}),
        ("giá:500tr..2ty", "", {}, {"price_max": (500 * MILLION, None), "price_min": (None, 2 * BILLION)}),
        ("giá: 500..800 triệu bơm", "bơm", {}, {"price_max": (500 * MILLION, None), "price_min": (None, 800 * MILLION)}),
        ("price<=1.5ty", "", {}, {"price_min": (None, 1_500 * MILLION)}),
        ("giá > 2 tỷ", "", {}, {"price_max": (2 * BILLION + 1, None)}),
        ("org:nước", "", {"org": ("7",)}, {}),
        ("tổ chức:viện nước bơm", "bơm", {"org": ("7",)}, {}),
        ('org:"viện"', "", {"org": ("7", "8")}, {}),
        ("org:khôngcó", "", {"org": ("-",)}, {}),
        ("thẻ:nước thải bơm", "bơm", {"tag": ("nước thải",)}, {}),
        ("máy:bơm a=b", "máy:bơm a=b", {}, {}),
        ("trl:12", "trl:12", {}, {}),
        ("giá:1.5", "giá:1.5", {}, {}),
        ("trl>=6 OR bơm", "bơm", {}, {"trl": (6, None)}),
    ],
)
def test_a_typed_search_is_read_as_meant(text: str, words: str, filters: object, ranges: object) -> None:
    typed = understand(TECHNOLOGIES, text, Names())
    assert (typed.words, typed.filters({}), typed.ranges()) == (words, filters, ranges)


def test_days_months_and_years_are_read() -> None:
    def deadline(text: str) -> tuple[float | None, float | None]:
        return understand(NEEDS, text, Names()).ranges()["deadline"]

    last = clock.end_of_day(clock.parse_date("31/12/2026")).timestamp()
    first = clock.start_of_day(clock.parse_date("01/12/2026")).timestamp()
    low, high = deadline("hannop:<=31/12/2026")
    assert low is None and high is not None and last <= high < last + 1
    assert deadline("hạn nộp: 12/2026") == (first, high) == deadline("hạn:2026-12-01..31/12/2026")
    low, high = deadline("deadline<01/12/2026")
    assert low is None and high is not None and first - 1 < high < first
    assert deadline("hạn>31/12/2026")[0] == last + 1


def test_a_minus_leaves_out_values_and_is_told_where_it_cannot() -> None:
    typed = understand(TECHNOLOGIES, "-trl:3 -nơi:HN bơm -giá<=2tr", Names())
    assert typed.without() == {"trl": ("3",), "place": ("01",)} and typed.words == "bơm -giá<=2tr"
    assert len(typed.notes) == 1


def test_typed_values_add_to_chosen_ones_and_codes_are_compared_as_codes() -> None:
    typed = understand(TECHNOLOGIES, "trl:7 mã:cn-2026-000123", Names())
    assert typed.filters({"trl": ("8",), "kind": ("process",)}) == {"trl": ("8", "7"), "kind": ("process",)}
    assert typed.codes() == ("cn2026000123",)


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=lambda one: one.kind)
def test_every_example_of_the_help_page_is_understood(catalogue: Catalogue) -> None:
    for field in fields_of(catalogue):
        if field.key not in {"org", "tag"}:
            typed = understand(catalogue, field.example, Names())
            assert [one.key for _clause, _meaning, one in typed.understood] == [field.key], field.example
            assert not typed.notes and not typed.words


def test_removing_every_chip_ends_with_nothing() -> None:
    text = 'trl>=6 "màng lọc" -biển | nano* -trl:3 giá:500tr..2ty'
    before = 8
    while chips := list(understand(TECHNOLOGIES, text, Names()).chips(str)):
        assert len(chips) < before, (text, chips)
        text, before = chips[0][1], len(chips)
    assert text == ""


parts = st.sampled_from([
    "trl", "giá", "lĩnh vực", "hạn nộp", "nơi", "org", "thẻ", "mã", ":", ">=", "<", "=", "..", '"', "-", "|", " OR ", " ",
    "7", "99999999999999999999", "1,5 tỷ", "31/12/2026", "32/13/0000", "0", "bơm", "Hà Nội",
    "%s", "%(x)s", "\x00", "\ud800", "∞",
])


@settings(max_examples=often(150), deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(parts, max_size=12).map("".join)), st.sampled_from(list(CATALOGUES)))
def test_no_text_is_an_error_and_the_engines_agree(two_engines: tuple, text: str, kind: str) -> None:
    catalogue = CATALOGUES[kind]
    asked = parse(catalogue, MultiDict({"q": text, "trl": "7"}), Names())
    query = query_of(catalogue, asked, GUEST, offset=0, limit=20)
    pages = [engine.query(query) for engine in two_engines]
    assert pages[0].total == pages[1].total and pages[0].facets == pages[1].facets
    assert [hit.id for hit in pages[0].hits] == [hit.id for hit in pages[1].hits]
    for _label, left in asked.typed.chips(str):
        assert left == " ".join(left.split()) and len(left) <= len(asked.text)


@pytest.fixture(scope="module")
def two_engines(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    folder = tmp_path_factory.mktemp("index")
    made = create_engine("whoosh://memory", folder), create_engine("whoosh://", folder)
    for engine in made:
        engine.rebuild(
            Document(
                kind, number, f"Máy bơm {number} Hà Nội", code=f"CN-2026-{number:06}",
                facets={"trl": (str(number),), "field": ("2",), "org": ("7",), "tag": ("bùn",), "place": ("01",)},
                numbers={"trl": number, "price_min": number * BILLION, "price_max": number * BILLION, "deadline": 1.8e9},
            )
            for kind in CATALOGUES for number in range(1, 6)
        )
    return made


# On the pages

def links_of_chips(page: str) -> list[dict[str, list[str]]]:
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('class="chip" href="')[1:]]
    return [parse_qs(urlsplit(link).query) for link in links]


def test_fields_find_and_their_chips_take_them_away(catalogue: Sample, ctx: Flask) -> None:
    client = factories.client(ctx, locale="en")
    asked = {"q": 'trl>=6 org:"Nước Thử" lọc', "kind": "process"}
    page = client.get("/technologies", query_string=asked).get_data(as_text=True)
    assert catalogue.membrane.code in page and catalogue.light.code not in page
    assert "Readiness (TRL): ≥ 6" in page and "Organisation: Viện Nước Thử Nghiệm" in page
    assert [link["q"] for link in links_of_chips(page)][:2] == [['org:"Nước Thử" lọc'], ["trl>=6 lọc"]]
    both = client.get("/technologies?q=thẻ:asen+OR+thẻ:giao thông").get_data(as_text=True)
    assert catalogue.membrane.code in both and catalogue.light.code in both
    assert catalogue.light.code in client.get(f"/technologies?q=code:{catalogue.light.code.lower()}").get_data(as_text=True)
    price = client.get("/technologies?q=giá<=1 tỷ").get_data(as_text=True)
    assert catalogue.light.code in price and catalogue.membrane.code not in price


def test_ranges_of_needs_touch_what_is_asked(catalogue: Sample, ctx: Flask) -> None:
    def finds(text: str) -> bool:
        page = factories.client(ctx).get("/needs", query_string={"q": text}).get_data(as_text=True)
        return catalogue.dyeing.code in page

    assert finds("trl:7..8") and finds("trl<=6") and not finds("trl:1..5")
    assert finds("ngân sách:1ty..5ty") and not finds("ngân sách>2 tỷ")
    assert finds("hạn nộp<=31/12/2199") and not finds("hạn nộp<=01/01/2026")


def test_what_was_not_understood_is_told_and_searched_as_words(catalogue: Sample, ctx: Flask) -> None:
    page = factories.client(ctx, locale="en").get("/technologies?q=trl:cao+màng").get_data(as_text=True)
    assert "“trl:cao” was not understood" in page
    page = factories.client(ctx, locale="en").get("/technologies?q=hạn:2026+màng").get_data(as_text=True)
    assert "“hạn:2026” is no field of this list" in page


def test_codes_and_owners_of_the_help_page_find_something(catalogue: Sample, ctx: Flask) -> None:
    client = factories.client(ctx)
    page = client.get("/search/help").get_data(as_text=True)
    links = [html.unescape(link) for link in re.findall(r'<a class="code" href="(/[^"]+)"', page)]
    wanted = ("/technologies?q=m%C3%A3", "/technologies?q=org", "/needs?q=m%C3%A3")
    ours = [link for link in links if link.startswith(wanted)]
    assert len(ours) == 3 and "CN-2026-000123" not in page
    for link in ours:
        assert "Không có kết quả" not in client.get(link).get_data(as_text=True), link


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_words_of_states_are_understood_in_either_language(catalogue: Sample, ctx: Flask, locale: str) -> None:
    page = factories.client(ctx, locale=locale).get('/needs?q=trạng thái:"đang mở"').get_data(as_text=True)
    assert ("Trạng thái: Đang mở" if locale == "vi" else "State: Open") in page


@pytest.mark.parametrize(
    ("text", "shown"), [("giá>1tỷ", "Giá: &gt; 1 tỷ"), ("giá<1tr", "Giá: &lt; 1 triệu"), ("giá>=1tỷ", "Giá: ≥ 1 tỷ"),
                        ("trl>5", "&gt; 5"), ("trl<5", "&lt; 5")],
)
def test_a_bound_is_shown_as_it_was_typed(catalogue: Sample, ctx: Flask, text: str, shown: str) -> None:
    page = factories.client(ctx).get("/technologies", query_string={"q": text}).get_data(as_text=True)
    assert shown in page.replace("\xa0", " ")


def test_a_text_that_is_too_long_says_that_it_was_cut(catalogue: Sample, ctx: Flask) -> None:
    client = factories.client(ctx)
    page = client.get("/technologies", query_string={"q": "màng lọc " * 40}).get_data(as_text=True)
    assert "300 ký tự đầu" in page
    assert "300 ký tự đầu" not in client.get("/technologies?q=màng+lọc").get_data(as_text=True)
    boxes = re.findall(r'<input[^>]*type="search"[^>]*>', page)
    assert len(boxes) == 2 and all('maxlength="400"' in box for box in boxes)


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_the_help_is_one_click_from_the_search_box(ctx: Flask, locale: str) -> None:
    client = factories.client(ctx, locale=locale)
    assert 'href="/search/help"' in client.get("/technologies").get_data(as_text=True)
    page = client.get("/search/help").get_data(as_text=True)
    assert "linhvuc" in page and "trl&gt;=6" in page
