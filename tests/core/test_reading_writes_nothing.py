"""A page that is read makes no browser do anything: no pictures from people's texts, no change of language by a link."""

from __future__ import annotations

from flask import Flask

from marketplace.web.templating import prose
from tests import factories


def test_people_s_texts_hold_no_pictures(ctx: Flask) -> None:
    text = (
        "![a](/language/en) ![b](/needs/NC-2026-000031/confidential/1 \"x\")\n\n![c][d]\n\n[d]: /inbox/1/open\n\n"
        "[![e](/files/1/confidential/a.png)](/technologies)\n\n<img src=/logout>"
    )
    html = str(prose(text))
    assert "<img" not in html
    assert "src=" not in html.replace("&lt;img src=/logout&gt;", "")
    assert '<a href="/technologies"' in str(prose("[ba công nghệ](/technologies)"))


def test_the_language_is_changed_by_a_button_of_this_site_only(ctx: Flask) -> None:
    guest = factories.client(ctx, locale="vi")
    for method in ("GET", "HEAD"):
        answer = guest.open("/language/en?next=/needs", method=method)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert 'action="/language/en?next=/needs"' in guest.get("/language/en?next=/needs").text
    assert guest.post("/language/en", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert '<html lang="vi">' in guest.get("/").text
    answer = guest.post("/language/en?next=/needs", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.location) == (302, "/needs")
    assert '<html lang="en">' in guest.get("/needs").text
