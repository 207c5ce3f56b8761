"""Routes that belong to no feature: language switch, fonts, health, where to report weaknesses."""

from __future__ import annotations

from datetime import UTC, timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from marketplace.core.access import access
from marketplace.core.extensions import csrf, db, limiter
from marketplace.core.permissions import PUBLIC
from marketplace.values import clock
from marketplace.web.i18n import COOKIE, LOCALES

bp = Blueprint("web", __name__)
CONTACT_HOLDS = timedelta(days=180)  # how long /.well-known/security.txt says that it may be believed
FONTS = {f"BeVietnamPro-{name}.ttf" for name in ("Regular", "Medium", "SemiBold", "Bold")}


def local_target(value: str | None, default: str = "/") -> str:
    """Return `value` when it is a path of this site, else `default`; never lets a redirect leave the site."""
    if not value or not value.startswith("/") or value.startswith("//") or "\\" in value or not value.isprintable():
        return default
    parts = urlsplit(value)
    return default if parts.scheme or parts.netloc else value


@bp.get("/language/<code>")
@access(PUBLIC)
def ask_language(code: str) -> ResponseReturnValue:
    """Show the button for an address that was kept or followed from elsewhere; nothing changes before it is pressed."""
    if code not in LOCALES:
        abort(404)
    action = url_for("web.switch_language", code=code, next=local_target(request.args.get("next")))
    return render_template("language.html", code=code, action=action)


@bp.post("/language/<code>")
@access(PUBLIC)
def switch_language(code: str) -> ResponseReturnValue:
    """Remember the language for a year and return to the same page.

    Guests have no session, so the form has no token; the browser says whether another site sent it.
    """
    request.form.get("next")  # read, so that a body of any size is refused as elsewhere
    if code not in LOCALES:
        abort(404)
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        abort(403)
    answer = make_response(redirect(local_target(request.args.get("next"))))
    answer.set_cookie(COOKIE, code, max_age=31_536_000, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer


csrf.exempt(switch_language)


@bp.get("/fonts/<name>")
@limiter.exempt
@access(PUBLIC)
def font(name: str) -> ResponseReturnValue:
    """Serve the typeface from its package: whole TTF files, no copy in the repository."""
    if name not in FONTS:
        abort(404)
    folder = Path(str(files("fontpkg_be_vietnam_pro") / "files"))
    return send_file(folder / name, mimetype="font/ttf", max_age=31_536_000)


@bp.get("/.well-known/security.txt")
@limiter.exempt
@access(PUBLIC)
def security_contact() -> ResponseReturnValue:
    """Say where to report a weakness (RFC 9116); without SECURITY_CONTACT there is no such page."""
    settings = current_app.extensions["settings"]
    if not settings.security_contact:
        abort(404)
    expires = (clock.now() + CONTACT_HOLDS).astimezone(UTC).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.security_contact}", f"Expires: {expires}", "Preferred-Languages: vi, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/healthz")
@limiter.exempt
@access(PUBLIC)
def health() -> ResponseReturnValue:
    """Answer 200 when the database answers."""
    db.session.execute(text("SELECT 1"))
    return Response("ok", content_type="text/plain")
