"""Bodies that no browser sends: broken parts, wrong charsets, JSON where a form is meant. They get a page, never a 500."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.bad_input.world import Workshop
from tests.cases import try_each
from tests.snapshot import Snapshot
from tests.thorough import ALL, sqlite_first

PARTS = "multipart/form-data; boundary=X"
FORM = "application/x-www-form-urlencoded"
#: What it is, its Content-Type, its bytes.
BODIES: tuple[tuple[str, str, bytes], ...] = (
    ("no boundary", "multipart/form-data", b"--X\r\n\r\nx\r\n--X--"),
    ("a boundary of letters that no head may hold", "multipart/form-data; boundary=\xe9", b"--\xe9\r\n\r\nx"),
    ("an empty boundary", 'multipart/form-data; boundary=""', b"----\r\n\r\nx"),
    ("a boundary of 5,000 letters", f"multipart/form-data; boundary={'b' * 5000}", b"--" + b"b" * 5000 + b"\r\n\r\nx"),
    ("another boundary", PARTS, b'--Y\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--Y--\r\n'),
    ("cut off in a head", PARTS, b'--X\r\nContent-Disposition: form-da'),
    ("cut off in a part", PARTS, b'--X\r\nContent-Disposition: form-data; name="name"\r\n\r\nNguy'),
    ("a part without a head", PARTS, b"--X\r\n\r\nx\r\n--X--\r\n"),
    ("a part without a name", PARTS, b"--X\r\nContent-Disposition: form-data\r\n\r\nx\r\n--X--\r\n"),
    ("a part that is no form's", PARTS, b"--X\r\nContent-Disposition: attachment\r\n\r\nx\r\n--X--\r\n"),
    ("a file without a name", PARTS,
     b'--X\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: image/png\r\n\r\nx\r\n--X--\r\n'),
    ("a file with an empty name", PARTS,
     b'--X\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\nx\r\n--X--\r\n'),
    ("a name in a charset that is none", PARTS,
     b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename*=no-such''%ff%fe\r\n\r\nx\r\n--X--\r\n"),
    ("a text in a charset that is none", PARTS,
     b'--X\r\nContent-Disposition: form-data; name="q"\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx\r\n--X--\r\n'),
    ("a text in UTF-16", PARTS,
     b'--X\r\nContent-Disposition: form-data; name="q"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\nx\r\n--X--\r\n'),
    ("a text in base64", PARTS,
     b'--X\r\nContent-Disposition: form-data; name="q"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n--X--\r\n'),
    ("parts within a part", PARTS,
     b'--X\r\nContent-Disposition: form-data; name="q"\r\nContent-Type: multipart/mixed; boundary=Z\r\n\r\n--Z--\r\n--X--'),
    ("a file where a text is meant, and a text where a file is", PARTS,
     b"".join(b'--X\r\nContent-Disposition: form-data; name="' + name + b'"; filename="a"\r\n\r\nx\r\n'
              for name in (b"name", b"email", b"password", b"once", b"lock", b"role", b"caption", b"locale"))
     + b'--X\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--X--\r\n'),
    ("the same field a thousand times", FORM, b"&".join([b"once=1&lock=1&role=image"] * 300)),
    ("bytes that are no text", FORM, b"once=\xff\xfe\x00%ff%00&%ff=1"),
    ("a form in UTF-16", f"{FORM}; charset=utf-16", "once=1".encode("utf-16")),
    ("a Content-Type that is none", ";;;=,=;", b"once=1"),
    ("no Content-Type", "", b"once=1"),
    ("JSON, nested 100,000 times", "application/json", b"[" * 100_000),
    ("JSON, nested and closed", "application/json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    ("JSON that is no object", "application/json", b'["email"]'),
    ("JSON with values of other kinds", "application/json", b'{"email": [1], "password": {"a": null}, "next": 1e999}'),
    ("JSON in no charset", "application/json", b"\xff\xfe{"),
    ("10 MB of JSON", "application/json", b'{"email": "' + b"a" * 10_000_000 + b'"}'),
    ("XML", "application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
)
#: Who sends it where: routes that read fields, files, JSON of browsers' passkeys, and a table of the staff.
PLACES = (
    ("visitor", "/login"), ("visitor", "/register"), ("visitor", "/reset"), ("visitor", "/wan-signin"),
    ("visitor", "/no-such-page"),
    ("owner", "/account"), ("owner", "{draft}"), ("owner", "/wan-register"), ("owner", "/change"),
    ("moderator", "/imports"),
)


@sqlite_first
def test_odd_bodies_get_an_answer_that_says_so(shared_app: Flask, made: tuple[Workshop, Snapshot]) -> None:
    world, snapshot = made
    snapshot.restore()
    draft = f"/my/listings/{world.draft_listing.code}/edit/files"
    clients = {name: world.worker(shared_app, name) for name, _place in PLACES}

    def check(case: tuple[str, str, str, bytes, str]) -> None:
        who, place, kind, body, accept = case
        path = place.format(draft=draft)
        headers = {"Accept": accept} | ({"Content-Type": kind} if kind else {})
        said(clients[who].post(path, data=body, headers=headers), accept)

    # With TESTS=all every body goes everywhere, else each to every third place.
    cases = [
        (who, place, kind, body, accept)
        for turn, (who, place) in enumerate(PLACES)
        for number, (_what, kind, body) in enumerate(BODIES)
        if ALL or (turn + number) % 3 == 0 or "a text is meant" in _what
        for accept in (("text/html", "application/json")[(turn + number) % 2],)
    ]
    try_each(cases, check, name=lambda case: f"{case[0]} at {case[1]}: {case[2]} {case[3][:60]!r}")


def said(answer: Any, accept: str) -> None:
    """A refusal is a page of ours, or for programs a problem document; nothing is an error of ours."""
    assert 200 <= answer.status_code < 500, answer.status_code
    if answer.status_code >= 400 and accept == "text/html" and answer.mimetype == "text/html":
        assert "<main" in answer.text, "a refusal without our page"
    assert answer.status_code < 400 or answer.mimetype in {"text/html", "application/problem+json", "application/json"}
