"""A client of the virus scanner clamd, over TCP or a UNIX socket; files are streamed, so that it needs not see ours.

The protocol: `zPING` is answered by `PONG`; after `zINSTREAM` come pieces, each with its length in four bytes before it,
and a length of 0 ends them. Every answer ends with a zero byte: `stream: OK`, `stream: NAME FOUND` or `… ERROR`.
https://docs.clamav.net/manual/Usage/Scanning.html#clamd
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.core.socket_address import Address
from marketplace.values.text import clean_line

_PIECE = 65_536
_LONGEST = 4_096  # bytes of an answer
_FOUND = re.compile(r"stream: (.+) FOUND")
_TOO_LARGE = "size limit exceeded"


class ScannerAway(Exception):
    """Nobody answers at the scanner's address, or what answers is no scanner: it is the fault of no file."""


class NoVerdict(Exception):
    """The scanner is there and said nothing of use about this file: cut off, out of time, an error of its own."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner said. `found` names what is harmful; `too_large`: it does not read files of this size."""

    found: str = ""
    too_large: bool = False


@dataclass(frozen=True)
class Scanner:
    """One scanner. No call lasts longer than these seconds, whatever the other side does.

    clamd itself ends a scan after 120 seconds (MaxScanTime), so it is given a little more.
    """

    address: Address
    ping_seconds: float = 3.0
    scan_seconds: float = 130.0

    def ping(self) -> None:
        """Return when a scanner is there. Raises ScannerAway."""
        try:
            with self._connected(self.ping_seconds) as line:
                line.send(b"zPING\0")
                said = line.answer()
        except (OSError, NoVerdict) as error:
            raise ScannerAway(str(error) or type(error).__name__) from error
        if said != "PONG":
            raise ScannerAway(f"not the answer of clamd: {said[:80]!r}")

    def scan(self, path: Path) -> Verdict:
        """Return what the scanner says of a file. Raises NoVerdict, or ScannerAway when it cannot be reached.

        At most 64 kB of the file are in memory at a time. Raises FileNotFoundError when there is no such file.
        """
        with path.open("rb") as source, self._connected(self.scan_seconds) as line:
            try:
                line.send(b"zINSTREAM\0")
                while piece := source.read(_PIECE):
                    line.send(struct.pack("!I", len(piece)) + piece)
                line.send(struct.pack("!I", 0))
            except TimeoutError as error:
                raise NoVerdict("it took too long") from error
            except OSError:
                pass  # a stream that is too long is cut off by clamd, which says so before
            return verdict_of(line.answer())

    @contextmanager
    def _connected(self, seconds: float) -> Iterator[_Connection]:
        """Open a conversation that lasts at most so many seconds. Raises ScannerAway when nobody is there."""
        until = time.monotonic() + seconds
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        try:
            if isinstance(self.address, str):
                connection = socket.socket(family, socket.SOCK_STREAM)
                connection.settimeout(self.ping_seconds)
                connection.connect(self.address)
            else:
                connection = socket.create_connection(self.address, timeout=self.ping_seconds)
        except OSError as error:
            raise ScannerAway(str(error)) from error
        with connection:
            yield _Connection(connection, until)


@dataclass(frozen=True)
class _Connection:
    """A connection that is used until a moment of the monotonic clock."""

    connection: socket.socket
    until: float

    def send(self, data: bytes) -> None:
        self._limit()
        self.connection.sendall(data)

    def answer(self) -> str:
        """Return the answer, at most 4 kB of it, without the zero byte at its end. Raises NoVerdict."""
        held = b""
        try:
            while b"\0" not in held and len(held) < _LONGEST:
                self._limit()
                piece = self.connection.recv(_LONGEST)
                if not piece:
                    break
                held += piece
        except TimeoutError as error:
            raise NoVerdict("it took too long") from error
        except OSError as error:
            raise NoVerdict("the connection was cut") from error
        if b"\0" not in held:
            raise NoVerdict("the answer was cut off" if held else "the connection was closed without an answer")
        return held.partition(b"\0")[0].decode("utf-8", "replace")

    def _limit(self) -> None:
        """Let the next call on the connection last as long as there is time left. Raises TimeoutError."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        self.connection.settimeout(left)


def verdict_of(said: str) -> Verdict:
    """Return what an answer of clamd means. Raises NoVerdict for an error, and for what is no answer."""
    said = clean_line(said)
    if said == "stream: OK":
        return Verdict()
    if found := _FOUND.fullmatch(said):
        return Verdict(found=found[1][:200])
    if said.endswith("ERROR") and _TOO_LARGE in said:
        return Verdict(too_large=True)
    raise NoVerdict(f"it said: {said[:200]}")
