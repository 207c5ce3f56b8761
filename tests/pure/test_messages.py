"""Every message of the pure modules has its Vietnamese, with the same places to fill."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2] / "marketplace"
MODULES = ("core/errors.py", "core/lifecycle.py", "values/money.py", "values/clock.py", "values/tax_code.py")


def messages() -> set[str]:
    found = set()
    for name in MODULES:
        source = io.BytesIO((ROOT / name).read_bytes())
        found |= {message for _, message, _, _ in extract("python", source, keywords={"N_": None})}
    return found


@pytest.fixture(scope="module")
def catalogue():
    return read_po(io.BytesIO((ROOT / "translations" / "vi" / "pure.po").read_bytes()), locale="vi")


def test_the_catalogue_has_every_message_and_no_other(catalogue):
    assert {message.id for message in catalogue if message.id} == messages(), (
        "run `python -m marketplace.translations` and translate what it names"
    )
    assert len(messages()) > 15, (
        "fewer messages of libraries were found than there are; mend how this test finds them"
    )


def test_translations_fill_the_same_places(catalogue):
    for message in catalogue:
        if message.id:
            assert message.string, f"translate {message.id!r}"
            assert re.findall(r"%\(\w+\)s", message.string) == re.findall(r"%\(\w+\)s", message.id), (
                f"keep the places %(name)s in the translation of {message.id!r}"
            )


@pytest.mark.parametrize(("word", "instead", "but"), [
    ("thương thảo", "đàm phán", ()), ("thương lượng", "đàm phán", ()),
    ("xác thực", "xác minh", ("accounts.po",)),  # of a person who signs in; an organisation is "xác minh"
])
def test_one_thing_has_one_word(word: str, instead: str, but: tuple[str, ...]) -> None:
    catalogues = sorted((ROOT / "translations" / "vi").glob("*.po"))
    found = [path.name for path in catalogues if path.name not in but and word in path.read_text().casefold()]
    assert not found, f"“{instead}”, not “{word}”"
    assert any(instead in path.read_text().casefold() for path in catalogues), (
        f"{instead!r} stands nowhere; the rule about words can go"
    )
