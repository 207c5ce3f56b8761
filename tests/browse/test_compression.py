"""Answers are compressed, but not where their length could tell what is secret in them."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask

from tests import factories
from tests.browse.conftest import Catalogue

TAKES = {"Accept-Encoding": "gzip, deflate"}


def test_a_guest_gets_pages_compressed_kept_ones_too(catalogue: Catalogue, ctx: Flask) -> None:
    guest = factories.client(ctx)
    plain = guest.get("/technologies")
    assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain.headers["Vary"]
    for _ in range(2):
        answer = guest.get("/technologies", headers=TAKES)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data) == plain.data
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 3
    assert guest.get("/technologies").data == plain.data


@pytest.mark.parametrize(
    ("site", "packed"), [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False), (None, False)]
)
def test_who_has_a_session_gets_no_compressed_answer_to_what_another_site_asked(
    catalogue: Catalogue, ctx: Flask, site: str | None, packed: bool
) -> None:
    person = factories.client(ctx, catalogue.cast.stranger_user, catalogue.cast.stranger_org)
    headers = TAKES | {"Sec-Fetch-Site": site or ""}
    answer = person.get("/technologies?q=csrf_token", headers=headers)
    assert ("Content-Encoding" in answer.headers) is packed
    text = gzip.decompress(answer.data) if packed else answer.data
    assert b"csrf_token" in text


def test_pages_of_signing_in_are_compressed_for_nobody_with_a_session(ctx: Flask) -> None:
    guest = factories.client(ctx)
    guest.get("/login")  # its form gives the guest a session
    answer = guest.get("/login", headers=TAKES | {"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers


def test_short_answers_and_refused_encodings_stay_as_they_are(ctx: Flask) -> None:
    guest = factories.client(ctx)
    assert "Content-Encoding" not in guest.get("/healthz", headers=TAKES).headers
    assert "Content-Encoding" not in guest.get("/", headers={"Accept-Encoding": "gzip;q=0, br"}).headers
