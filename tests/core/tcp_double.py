"""What stands in for a server on this machine: a port of its own, a thread for whoever comes, and a way to be gone."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class TcpDouble:
    """Listens on a free port. A double says in `taken` what it does with a connection; raising OSError ends it."""

    def __init__(self) -> None:
        self.frozen = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def taken(self, connection: socket.socket) -> None:
        """Do what the double does with a new connection, without waiting for it."""
        raise NotImplementedError

    def close(self) -> None:
        """Be gone: no connection is taken, and those that were are cut."""
        for one in (self._server, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
                self._open.append(connection)
                self.taken(connection)
            except OSError:
                return
