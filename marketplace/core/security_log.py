"""The security log: one JSON line for each sign-in, refusal and change of what somebody may do.

`note` writes; what is written where stands in docs/security.md. Lines hold numbers of people, keyed digests of addresses
that were typed, the network of the client and the name of the route: no secrets, no whole addresses, no address of a page,
which may hold a token. Nobody waits for it, and a log that cannot be written stops nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import sys
from logging.handlers import WatchedFileHandler

from flask import Flask, current_app, g, has_request_context, request
from werkzeug.wrappers import Response

from marketplace.core.client_address import short_address
from marketplace.values import clock

log = logging.getLogger("security")
STATUSES = {403: "refused", 429: "limit_reached"}  # answers that are noted, whichever page gave them


class _Stderr(logging.Handler):
    """Writes to whatever standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(f"{record.getMessage()}\n")


def note(kind: str, *, person: int | None = None, address: str = "", **facts: object) -> None:
    """Write one line. `address` is what somebody typed as theirs; `facts` must hold no secrets and no texts of people."""
    line: dict[str, object] = {"time": clock.now().isoformat(timespec="milliseconds"), "kind": kind}
    if has_request_context():
        who = g.get("actor")
        person = person if person is not None else getattr(who, "user_id", None)
        line |= {"route": request.endpoint or "", "method": request.method,
                 "network": short_address(request.remote_addr or "")}
    line["person"] = person
    if address:
        line["account"] = digest(address)
    log.info("%s", json.dumps({**line, **facts}, ensure_ascii=True, default=str))


def digest(address: str) -> str:
    """Return what an address that was typed is known by in the log: the same for the same, and not to be turned back."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, b"security log:" + address.strip().lower().encode(), hashlib.sha256).hexdigest()[:16]


def _refusals(response: Response) -> Response:
    kind = STATUSES.get(response.status_code)
    if kind:
        note(kind, status=response.status_code)
    return response


def open_log(file: str) -> None:
    """Let the log write to a file, or to standard error when none is named."""
    for old in list(log.handlers):
        log.removeHandler(old)
        old.close()
    log.addHandler(WatchedFileHandler(file, encoding="utf-8") if file else _Stderr())
    log.setLevel(logging.INFO)
    log.propagate = False


def register(app: Flask) -> None:
    """Open the log that the settings name, and note refusals."""
    open_log(app.extensions["settings"].security_log)
    app.after_request(_refusals)
