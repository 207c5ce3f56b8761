"""Programs of ours that run in a process of their own, in bounded memory and time: a PDF is made, a document rewritten.

Such a program limits itself first of all (`resource`), reads its input and writes its output. Here stands what is outside
of it: few run at once in a web process, nobody waits long for others, and none takes long by the clock.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.core.errors import Unreachable

AT_ONCE = 2  # processes of one program in one web process
PATIENCE = 20.0  # seconds to wait for others


@dataclass(frozen=True)
class ChildProgram:
    """One program, by its file.

    `wall` is the seconds for one run, also on a busy machine, and `busy` what people are told when it takes longer. `env`
    replaces the environment that it is started with.
    """

    path: Path
    wall: float
    busy: str
    env: Mapping[str, str] | None = None
    _running: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def run(self, data: bytes) -> subprocess.CompletedProcess[bytes]:
        """Return how one run over `data` ended. Raises Unreachable when it takes too long, or too many others wait."""
        if not self._running.acquire(timeout=PATIENCE):
            raise Unreachable(self.busy)
        try:
            return subprocess.run(  # noqa: S603 - our own program; what people sent is only its input
                [sys.executable, "-I", str(self.path)], input=data, capture_output=True, timeout=self.wall, check=False,
                env=self.env,
            )
        except subprocess.TimeoutExpired:
            raise Unreachable(self.busy) from None
        finally:
            self._running.release()
