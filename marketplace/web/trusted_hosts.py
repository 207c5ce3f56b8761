"""Requests for other names than ours are refused before anything of the exchange sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TrustedHosts:
    """Answers 400, in plain text, to a Host header (or that of a trusted proxy) that is not in the list."""

    def __init__(self, application: Application, hosts: Sequence[str]) -> None:
        """Remember the application behind it and the names, without ports."""
        self._application, self._hosts = application, list(hosts)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request of WSGI."""
        if host_is_trusted(environ.get("HTTP_HOST"), self._hosts):
            return self._application(environ, start_response)
        refused = Response("This name is not served here.\n", 400, content_type="text/plain")
        return refused(environ, start_response)
