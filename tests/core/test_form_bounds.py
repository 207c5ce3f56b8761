"""Bodies that consist of names, parts or fields are refused before they cost much."""

from __future__ import annotations

import io
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.extensions import db
from marketplace.web.form_parsing import MOST_FIELDS, MOST_FILES
from tests import factories

TYPE = "multipart/form-data; boundary=X"


def part(name: str, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    return f'--X\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\nx\r\n'.encode()


def signed_in(ctx: Flask) -> FlaskClient:
    person = factories.user()
    db.session.commit()
    return factories.client(ctx, person)


def test_nobody_who_is_not_signed_in_sends_more_than_a_form(ctx: Flask) -> None:
    body = part("a", "x.pdf") + b"y" * 3_000_000
    assert factories.client(ctx).post("/login", data=body, content_type=TYPE).status_code == 413


@pytest.mark.parametrize("head", [part("n" * 20_000), part("n", "f" * 20_000)])
def test_long_heads_of_parts_are_refused_at_the_first(ctx: Flask, head: bytes) -> None:
    begun = time.process_time()
    answer = signed_in(ctx).post("/account", data=head * 900 + b"--X--\r\n", content_type=TYPE)
    assert answer.status_code == 413
    assert time.process_time() - begun < 4, "all heads were read"


def test_files_and_fields_are_counted(ctx: Flask) -> None:
    web = signed_in(ctx)
    files = b"".join(part(f"f{number}", "x.pdf") for number in range(MOST_FILES + 1)) + b"--X--\r\n"
    assert web.post("/account", data=files, content_type=TYPE).status_code == 413
    fields = "&".join(f"a{number}=1" for number in range(MOST_FIELDS + 1))
    assert web.post("/account", data=fields, content_type="application/x-www-form-urlencoded").status_code == 413
    few = web.post("/account", data={"name": "Nguyễn Hạnh", "locale": "vi", "file": (io.BytesIO(b"x"), "x.txt")})
    assert few.status_code == 302
