"""The client of clamd: what each answer means, and that no call lasts longer than it may."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.core.config import SettingsError
from marketplace.core.socket_address import socket_address
from marketplace.files.scanner import NoVerdict, Scanner, ScannerAway, Verdict, verdict_of
from tests.conftest import make_settings
from tests.files.clamd_double import HARMFUL, NAME, ClamdDouble, clamd


@pytest.fixture
def double() -> Iterator[ClamdDouble]:
    with clamd() as made:
        yield made


def scanner(double: ClamdDouble, seconds: float = 5.0) -> Scanner:
    return Scanner(socket_address(double.url), ping_seconds=seconds, scan_seconds=seconds)


def held(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "content"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("over", ["unix", "tcp"])
def test_clean_and_harmful_contents_over_both_kinds_of_sockets(tmp_path: Path, over: str) -> None:
    with clamd(over) as double:
        asked = scanner(double)
        asked.ping()
        assert asked.scan(held(tmp_path, b"x" * 200_001)) == Verdict()
        assert asked.scan(held(tmp_path, b"x" * 70_000 + HARMFUL)) == Verdict(found=NAME)
        assert asked.scan(held(tmp_path, b"")) == Verdict()
        assert double.scanned == [200_001, 70_000 + len(HARMFUL), 0]


def test_a_content_that_is_larger_than_the_scanner_reads(tmp_path: Path, double: ClamdDouble) -> None:
    double.largest = 100_000
    assert scanner(double).scan(held(tmp_path, b"x" * 150_000)).too_large


@pytest.mark.parametrize("mode", ["garbage", "half", "silent", "error", "endless", "cut"])
def test_an_answer_that_says_nothing_is_no_verdict(tmp_path: Path, double: ClamdDouble, mode: str) -> None:
    double.mode = mode
    with pytest.raises(NoVerdict):
        scanner(double).scan(held(tmp_path, b"x" * 10))


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_a_scanner_that_hangs_is_left_when_the_time_is_over(tmp_path: Path, double: ClamdDouble, size: int) -> None:
    double.mode = "hangs"
    with pytest.raises(NoVerdict, match="too long"):
        scanner(double, 0.05).scan(held(tmp_path, b"x" * size))


@pytest.mark.parametrize("mode", ["deaf", "other"])
def test_what_does_not_answer_a_ping_is_no_scanner(double: ClamdDouble, mode: str) -> None:
    double.mode = mode
    with pytest.raises(ScannerAway):
        scanner(double, 0.05).ping()


def test_nobody_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for address in (("127.0.0.1", port), "/tmp/no-such-socket"):
        asked = Scanner(address)
        with pytest.raises(ScannerAway):
            asked.ping()
        with pytest.raises(ScannerAway):
            asked.scan(held(tmp_path, b"x"))


def test_answers_are_read_strictly() -> None:
    assert verdict_of("stream: Win.Test.EICAR_HDB-1 FOUND").found == "Win.Test.EICAR_HDB-1"
    assert verdict_of("INSTREAM size limit exceeded. ERROR").too_large
    for said in ("", "OK", "stream: OK FOUND ERROR", "stream: OKAY", "stream:  FOUND", "stream: OK\nstream: x FOUND ERROR"):
        with pytest.raises(NoVerdict):
            verdict_of(said)
    assert len(verdict_of(f"stream: {'x' * 3000} FOUND").found) == 200


def test_the_address_in_the_settings(tmp_path: Path) -> None:
    assert socket_address("tcp://clamd:3310") == ("clamd", 3310)
    assert socket_address("unix:/run/clamav/clamd.ctl") == socket_address("unix:///run/clamav/clamd.ctl")
    assert make_settings(tmp_path, "sqlite://").clamd_url == ""
    for wrong in ("clamd:3310", "tcp://clamd", "tcp://clamd:99999", "http://clamd:80", "unix:clamd.ctl", "tcp://a:1/x"):
        with pytest.raises(SettingsError, match="CLAMD_URL"):
            make_settings(tmp_path, "sqlite://", CLAMD_URL=wrong)
