"""What the browser says of a request (Fetch Metadata, W3C): who caused it, and what for.

A page cannot set these headers, so a link in a mail, another site, a picture in somebody's text and a page that the
browser fetches ahead are told apart from a person who follows a link on this site. Browsers send them to https and to
localhost only, and old ones never: whatever hangs on them needs another way, as the button of `web.ask_first`.
"""

from __future__ import annotations

from flask import request


def prefetched() -> bool:
    """Return True when the browser fetches a page that nobody has asked to see."""
    said = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}".lower()
    return "prefetch" in said or "prerender" in said or request.headers.get("X-Moz", "").lower() == "prefetch"


def navigated_here() -> bool:
    """Return True when a person followed a link or a form of this site to a page or a file of its own."""
    headers = request.headers
    return (
        headers.get("Sec-Fetch-Site") == "same-origin" and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document" and not prefetched()
    )


def asked_by_reader() -> bool:
    """Return True when a page of this site, or the person by a bookmark or by typing, caused the request; no other site."""
    return request.headers.get("Sec-Fetch-Site") in {"same-origin", "none"}


def opened_by_reader() -> bool:
    """Return True when a person opened the page so: enough to mark news as read."""
    return asked_by_reader() and not prefetched()
