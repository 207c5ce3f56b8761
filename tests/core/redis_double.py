"""A double of Redis for the counters of limits: speaks RESP, counts, and can stand still or be gone."""

from __future__ import annotations

import socket
import threading
import time
from typing import BinaryIO

from tests.core.tcp_double import TcpDouble


class RedisDouble(TcpDouble):
    """Listens on a port of its own; `frozen` takes what is sent and answers nothing."""

    def __init__(self) -> None:
        self.counters: dict[bytes, tuple[int, float]] = {}
        super().__init__()

    @property
    def url(self) -> str:
        """Return the value of RATE_LIMIT_STORAGE."""
        return f"redis://127.0.0.1:{self.port}"

    def taken(self, connection: socket.socket) -> None:
        """Answer it in a thread of its own."""
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        try:
            while command := self._read(stream):
                while self.frozen:
                    time.sleep(0.01)
                connection.sendall(self._answer(command))
        except OSError:
            return

    @staticmethod
    def _read(stream: BinaryIO) -> list[bytes]:
        head = stream.readline()
        if not head.startswith(b"*"):
            return []
        return [stream.read(int(stream.readline()[1:]) + 2)[:-2] for _part in range(int(head[1:]))]

    def _answer(self, command: list[bytes]) -> bytes:
        name, now = command[0].upper(), time.time()
        if name in {b"EVALSHA", b"EVAL"}:  # the one script of `limits` for windows: KEYS[1], ARGV[1] expiry, ARGV[2] amount
            key, expiry, amount = command[3], float(command[4]), int(command[5])
            count, ends = self.counters.get(key, (0, 0.0))
            count, ends = (count + amount, ends) if ends > now else (amount, now + expiry)
            self.counters[key] = (count, ends)
            return b":%d\r\n" % count
        count, ends = self.counters.get(command[1] if len(command) > 1 else b"", (0, 0.0))
        if name == b"GET":
            return b"$%d\r\n%d\r\n" % (len(str(count)), count) if ends > now else b"$-1\r\n"
        if name in {b"TTL", b"EXPIRETIME"}:
            return b":%d\r\n" % (ends - now)
        if name == b"HELLO":
            return b"%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n"
        return b"+PONG\r\n" if name == b"PING" else b"+OK\r\n"
