"""Nonsense in headers: every page answers with a page, and leads nowhere else, whatever a browser says of itself."""

from __future__ import annotations

from flask import Flask

from tests.bad_input.test_addresses import get
from tests.bad_input.values import SCRIPT
from tests.bad_input.world import Workshop
from tests.cases import try_each
from tests.snapshot import Snapshot
from tests.thorough import ALL, sqlite_first

#: What a client says, and we or a library read.
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Length", "Content-Type", "Cookie",
    "If-Modified-Since", "If-None-Match", "Origin", "Range", "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode",
    "Sec-Fetch-Site", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto",
    "X-Requested-With",
)
VALUES = (
    "", " ", ",", ";q=", "*;q=1e309", "vi;q=-1, en;q=nan", "\xff\xfe", "a" * 60_000, "," * 5_000, "=" * 5_000, '"', "%00",
    "-1", "9" * 400, "bytes=9-1,-1", "http://[::1", "//evil.example/x", "javascript:alert(1)", SCRIPT, "W/\"",
    "zz-ZZ-x-" + "y" * 900,
)


@sqlite_first
def test_nonsense_in_headers(shared_app: Flask, made: tuple[Workshop, Snapshot]) -> None:
    """Each header gets each value, on one page in turn; with TESTS=all on every one of them."""
    world, snapshot = made
    snapshot.restore()
    owner = world.worker(shared_app, "owner")
    pages = ("/", "/technologies", f"/technologies/{world.listing.code}", "/account", f"/files/{world.picture.id}/x.png",
             "/no-such-page", "/technologies/export.csv")
    cases = [(header, value, page) for turn, header in enumerate(HEADERS) for place, value in enumerate(VALUES)
             for page in (pages if ALL else [pages[(turn + place) % len(pages)]])]

    def check(case: tuple[str, str, str]) -> None:
        header, value, page = case
        get(Saying(owner, header, value), page)

    try_each(cases, check, name=lambda case: f"{case[0]}: {case[1][:40]!r} on {case[2]}")


@sqlite_first
def test_a_form_from_no_address_is_answered(shared_app: Flask, made: tuple[Workshop, Snapshot]) -> None:
    """In production, over TLS, the page before is asked for by the check of tokens too."""
    world, snapshot = made
    snapshot.restore()
    owner = world.worker(shared_app, "owner")
    shared_app.config["WTF_CSRF_ENABLED"] = True
    try:
        for name in ("Referer", "Origin"):
            answer = owner.post("/my/listings/new", data={"title": "Máy sấy"}, headers={name: "https://[::1"},
                                base_url="https://localhost")
            assert answer.status_code in {302, 400}, (name, answer.status_code)
    finally:
        shared_app.config["WTF_CSRF_ENABLED"] = False


class Saying:
    """A client that says one thing more."""

    def __init__(self, client: object, header: str, value: str) -> None:
        self.client, self.said = client, [(header, value)]

    def get(self, path: str) -> object:
        """Open a page."""
        return self.client.get(path, headers=self.said)  # type: ignore[attr-defined]
