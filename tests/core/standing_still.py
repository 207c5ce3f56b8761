"""A way to PostgreSQL that can stand still: it goes on taking connections and what is sent, and brings nothing."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from sqlalchemy.engine import URL, make_url

from tests.core.tcp_double import TcpDouble


class Way(TcpDouble):
    """Listens on a port of its own and passes on to the server of a database's address, unless it is `frozen`."""

    def __init__(self, url: str) -> None:
        self._to = make_url(url)
        super().__init__()

    @property
    def url(self) -> str:
        """The address of the same database by this way."""
        made: URL = self._to.set(host="127.0.0.1", port=self.port).difference_update_query(["host"])
        return made.render_as_string(hide_password=False)

    def taken(self, connection: socket.socket) -> None:
        """Pass on in both directions."""
        there = self._reach()
        self._open.append(there)
        for source, target in ((connection, there), (there, connection)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _reach(self) -> socket.socket:
        host, port = str(self._to.query.get("host") or self._to.host), self._to.port or 5432
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        made = socket.socket(socket.AF_UNIX)
        made.connect(f"{host}/.s.PGSQL.{port}")
        return made

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while self.frozen:
                    time.sleep(0.01)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
