"""A double of clamd: PING and INSTREAM over TCP or a UNIX socket, with the ways in which a scanner can fail.

Content that holds `HARMFUL` is found. `mode` says how it behaves; it may be changed while it runs.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

HARMFUL = b"a made-up signature of a virus"
NAME = "Test.MadeUp-1"


class ClamdDouble:
    """One scanner; every connection has a thread of its own. `scanned` is the sizes of what was streamed whole."""

    def __init__(self, listener: socket.socket, url: str) -> None:
        self.url, self.mode, self.largest = url, "well", 100_000_000
        self.scanned: list[int] = []
        self.connections = 0
        self.free = threading.Event()  # ends what hangs
        self._listener = listener
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.free.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as source:
            command = b""
            while not command.endswith(b"\0") and (letter := source.read(1)):
                command += letter
            if self.mode == "deaf":
                self.free.wait(30)
            elif command == b"zPING\0":
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n\0" if self.mode == "other" else b"PONG\0")
            elif command == b"zINSTREAM\0":
                self._stream(connection, source)

    def _stream(self, connection: socket.socket, source: object) -> None:
        read = source.read  # type: ignore[attr-defined]
        if self.mode == "cut":
            read(10)
            return
        if self.mode == "hangs":
            self.free.wait(30)
            return
        held = bytearray()
        while (length := struct.unpack("!I", read(4))[0]) != 0:
            held += read(length)
            if len(held) > self.largest:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.scanned.append(len(held))
        well = f"stream: {NAME} FOUND\0".encode() if HARMFUL in held else b"stream: OK\0"
        connection.sendall({
            "well": well, "garbage": b"\xff\xfe nothing of the kind\0", "half": b"stream: O", "silent": b"",
            "error": b"stream: Can't allocate memory ERROR\0", "endless": b"x" * 20_000,
        }.get(self.mode, well))


@contextlib.contextmanager
def clamd(over: str = "unix") -> Iterator[ClamdDouble]:
    """A running double; the path of a UNIX socket has at most about 100 letters, so it is not below pytest's folders."""
    folder = tempfile.mkdtemp(dir="/tmp", prefix="clamd-")
    if over == "unix":
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(f"{folder}/ctl")
        url = f"unix:{folder}/ctl"
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    listener.listen(64)
    double = ClamdDouble(listener, url)
    try:
        yield double
    finally:
        double.close()
        shutil.rmtree(Path(folder), ignore_errors=True)
