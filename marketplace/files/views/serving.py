"""Serving attached files: pictures inline as pictures, everything else as a download, in a sandbox."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from marketplace.core.access import access, actor
from marketplace.core.extensions import db
from marketplace.core.permissions import PUBLIC
from marketplace.files import anonymous, store
from marketplace.files.access import LOGGED_TIERS, file_url, is_hidden, log_reading, may_read, shown_name
from marketplace.files.checks import IMAGE_TYPES
from marketplace.files.images import THUMBNAILS
from marketplace.files.lifecycle import FILE, OPEN_STATES
from marketplace.files.models import Attachment
from marketplace.files.views.blueprint import bp
from marketplace.web.downloads import disposition
from marketplace.web.errors import problem, wants_problem


@bp.get("/files/<int:attachment_id>/<name>")
@access(PUBLIC)
def show(attachment_id: int, name: str) -> ResponseReturnValue:
    """Serve a public or members' file; a confidential one has an address whose readings are recorded."""
    attachment = _load(attachment_id)
    if not attachment.file.given_to(actor()):
        return _held_back(attachment)
    if attachment.tier in LOGGED_TIERS:
        return redirect(file_url(attachment))
    return _send(attachment)


@bp.get("/files/<int:attachment_id>/confidential/<name>")
@access(PUBLIC.writing())
def show_logged(attachment_id: int, name: str) -> ResponseReturnValue:
    """Serve a confidential file and write down who read it."""
    attachment = _load(attachment_id)
    if not attachment.file.given_to(actor()):
        return _held_back(attachment)
    if attachment.tier in LOGGED_TIERS:
        log_reading(attachment, actor())
    return _send(attachment)


def _load(attachment_id: int) -> Attachment:
    """Return the attachment, or 404 when there is none or the reader may not know."""
    found = db.session.get(Attachment, attachment_id, options=[joinedload(Attachment.file)])
    if found is None or not may_read(found, actor()):
        abort(404)
    return found


def _held_back(attachment: Attachment) -> Response:
    """Say that the virus check holds the file back; nobody has read it, so nothing is recorded."""
    state = FILE.state(attachment.file.state)
    if wants_problem():
        answer = problem(404, _(state.label))
    else:
        mine = file_url(attachment)  # the page of whoever sent it, or nothing
        name = shown_name(attachment, actor())
        answer = make_response(render_template("files/held_back.html", name=name, state=state, mine=mine), 404)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _send(attachment: Attachment) -> Response:
    file = attachment.file
    is_image = file.content_type in IMAGE_TYPES
    size = request.args.get("size", "")
    if is_image and size.isascii() and size.isdigit() and int(size) in THUMBNAILS:
        path, mimetype = store.copy_path(file.sha256, int(size)), "image/webp"
    else:
        path, mimetype = store.path(file.sha256), file.content_type
    hidden = is_hidden(attachment, actor())
    if hidden and not is_image:
        path = anonymous.path_of(file.sha256, file.content_type)
    if not path.exists():
        abort(404)
    answer = send_file(
        path,
        mimetype=mimetype,
        as_attachment=not is_image,
        download_name=shown_name(attachment, actor()),
        etag=f"{file.sha256}-{size}{'-anonymous' if hidden else ''}",
        conditional=True,
    )
    if not is_image:
        answer.headers["Content-Disposition"] = disposition(shown_name(attachment, actor()))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    open_to_all = attachment.tier == "public" and file.state in OPEN_STATES
    answer.headers["Cache-Control"] = "private, max-age=600" if open_to_all else "private, no-store"
    return answer
