"""The decision table of docs/domain.md §2.5, row by row, and what is not known."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from marketplace.deals.regime_table import PROCEDURES, filing_due, regime_of, who_files
from marketplace.vocabulary import CONTROL_CLASSES, FUNDING_SOURCES, REGIMES, TRANSFER_DIRECTIONS

STATE = ("state_budget", "mixed")
ACROSS = ("in", "out")
FREE = ("encouraged", "ordinary")
EVERY_FUNDING = ("", *FUNDING_SOURCES.codes)
CERTIFICATES = ("", "12/GCN-SKHCN")

#: control classes, directions, funding, certificates → regime; together they are every combination.
ROWS = (
    (("banned",), TRANSFER_DIRECTIONS.codes, EVERY_FUNDING, CERTIFICATES, "banned"),
    (("restricted",), TRANSFER_DIRECTIONS.codes, EVERY_FUNDING, CERTIFICATES, "permit"),
    (FREE, ACROSS, EVERY_FUNDING, CERTIFICATES, "registration"),
    (FREE, ("domestic",), STATE, ("",), "registration"),
    (FREE, ("domestic",), STATE, CERTIFICATES[1:], "voluntary"),
    (FREE, ("domestic",), ("private",), CERTIFICATES, "voluntary"),
    # Not in the law: what nobody has stated may not pass for what needs nothing.
    (FREE, ("domestic",), ("",), CERTIFICATES, "unclassified"),
    (("",), TRANSFER_DIRECTIONS.codes, EVERY_FUNDING, CERTIFICATES, "unclassified"),
)
CASES = [(*facts, row[4]) for row in ROWS for facts in product(*row[:4])]


@pytest.mark.parametrize(("control", "direction", "funding", "certificate", "regime"), CASES)
def test_the_law_decides(control: str, direction: str, funding: str, certificate: str, regime: str) -> None:
    found = regime_of(control, direction=direction, funding_source=funding, certificate_no=certificate)
    assert found == regime


def test_every_combination_stands_in_the_table_once() -> None:
    everything = product(("", *CONTROL_CLASSES.codes), TRANSFER_DIRECTIONS.codes, EVERY_FUNDING, CERTIFICATES)
    assert sorted(case[:4] for case in CASES) == sorted(everything)
    assert {case[4] for case in CASES} == set(REGIMES.codes)


def test_a_certificate_of_blanks_is_none() -> None:
    assert regime_of("ordinary", direction="domestic", funding_source="mixed", certificate_no="  ") == "registration"


def test_every_regime_says_what_follows_from_it() -> None:
    assert {*PROCEDURES} == {*REGIMES.codes}, "regime_table.PROCEDURES: one row for each of vocabulary.REGIMES"
    odd = [code for code, procedure in PROCEDURES.items() if bool(procedure.stops) == procedure.takes_effect]
    assert not odd, f"a regime either takes effect by agreement or says why it does not: {odd}"


def test_the_last_day_to_file_and_who_files() -> None:
    signed_on = date(2026, 11, 2)
    due = {code: filing_due(code, signed_on) for code in REGIMES.codes}
    assert due == {**dict.fromkeys(REGIMES.codes), "registration": date(2027, 1, 31)}
    assert filing_due("registration", None) is None
    assert {direction: who_files(direction) for direction in TRANSFER_DIRECTIONS.codes} == {
        "domestic": "buyer", "in": "buyer", "out": "supplier",
    }
