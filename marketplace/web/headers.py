"""Response headers: a strict content policy and what else a browser needs to be told."""

from __future__ import annotations

import secrets

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

RETRY_SECONDS = 60  # "try again in a minute", for programs


def csp_nonce() -> str:
    """Return this response's nonce for inline style of server-drawn charts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def apply(response: Response) -> Response:
    """Add the security headers; a file answer may have set a stricter policy already."""
    headers = response.headers
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data:; font-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if response.mimetype == "text/html":
        known = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"])
        headers.setdefault("Cache-Control", "private, no-store" if known else "private, no-cache")
        headers.add("Vary", "Cookie")
    else:  # downloads and programs' answers show what this reader may see; files and static ones have said their own
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def retry_after(response: Response) -> Response:
    """Say when to come back where something is to be waited for, and nowhere else: the limiter says it everywhere."""
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    elif response.status_code != 429:
        response.headers.pop("Retry-After", None)
    return response


def register_last(app: Flask) -> None:
    """Let what looks at all headers run after everything else. To be called first: the last registered runs first."""
    app.after_request(retry_after)


def register(app: Flask) -> None:
    """Add the headers to every response."""
    app.after_request(apply)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
