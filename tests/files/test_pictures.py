"""What a picture may cost: bounded in pixels, unpacked once, two at a time in a process, and so many files a person."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from limits import parse
from PIL import Image

from marketplace import create_app
from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.extensions import limiter
from marketplace.files import actions, images
from marketplace.files.checks import check
from tests.conftest import make_settings
from tests.files import samples

LIMIT = 20_000_000


def flat(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_twenty_megapixels_are_the_most() -> None:
    with pytest.raises(Invalid, match="20 megapixels"):
        check(flat(20_001, 1_000), "a.png", LIMIT)


def test_a_picture_is_unpacked_once_and_its_copies_come_from_the_reduced_one(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = []
    turn = images.ImageOps.exif_transpose

    def counting(picture: Image.Image, *, in_place: bool = False) -> Image.Image | None:
        unpacked.append(picture.size)
        return turn(picture, in_place=in_place)

    monkeypatch.setattr(images.ImageOps, "exif_transpose", counting)
    made = check(samples.picture(size=(4400, 440)), "a.png", LIMIT)
    assert unpacked == [(4400, 440)]
    assert {side: Image.open(io.BytesIO(copy)).size for side, copy in made.copies.items()} == {
        1280: (1280, 128), 640: (640, 64), 160: (160, 16)
    }


def at_work(monkeypatch: pytest.MonkeyPatch, data: bytes, threads: int) -> int:
    """Return how many of so many pictures sent at once were ever worked on at the same time."""
    now, most, lock = [0], [0], threading.Lock()
    unpack = images._unpacked

    def counting(content: bytes) -> Image.Image:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        try:
            threading.Event().wait(0.05)
            return unpack(content)
        finally:
            with lock:
                now[0] -= 1

    monkeypatch.setattr(images, "_unpacked", counting)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _number: check(data, "a.png", LIMIT), range(threads)))
    return most[0]


def test_two_pictures_at_a_time_and_a_large_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_work(monkeypatch, samples.picture(), 6) == 2
    monkeypatch.undo()
    assert at_work(monkeypatch, flat(10_001, 1_000), 3) == 1


def test_who_waits_too_long_is_asked_to_send_again(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = images.Gate(places=2, patience=0.02)
    monkeypatch.setattr(images, "GATE", gate)
    with gate.take(2), pytest.raises(Invalid, match="in a minute"):
        check(samples.picture(), "a.png", LIMIT)
    assert check(samples.picture(), "a.png", LIMIT).copies, "the places are free again"


@pytest.fixture
def limited(tmp_path: Path, database_url: str, shared_app: Flask) -> Iterator[Flask]:
    """An installation with limits on; the limiter is one object for all applications of a process."""
    yield create_app(make_settings(tmp_path, database_url, RATE_LIMITS="1"))
    limiter.reset()
    limiter.enabled = False


def test_files_are_counted_by_person(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PER_PERSON", parse("3 per hour"))

    def send(files: int, who: Actor, address: str = "192.0.2.1") -> int:
        monkeypatch.setattr(actions, "current_actor", lambda: who)
        sent = [samples.upload(samples.PDF + b"%" * number, "a.pdf") for number in range(files)]
        with limited.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return len(actions.all_received(SimpleNamespace(name="papers", data=sent)))

    one, other = (Actor(user_id=number) for number in (1, 2))
    assert send(2, one) + send(1, one) == 3
    with pytest.raises(Invalid, match="many files") as caught:
        send(1, one, "192.0.2.9")
    assert caught.value.field == "papers"
    assert send(3, other) == 3, "another person is not held back"
    assert send(1, Actor()) == 1
