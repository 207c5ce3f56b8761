"""The program that makes one PDF: a JSON on its input, the PDF on its output, in bounded memory and time.

Run by path, never imported: it must start in a moment, and loads nothing of the exchange.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime

import typst

MEMORY = 500_000_000  # bytes of address space; the worst record takes 330, and 150 of them in use


def bound(kind: int, most: int) -> None:
    """Lower a limit of this process, where the system knows it."""
    try:
        resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):  # not on every system; the time limit of whoever waits remains
        return


def main() -> None:
    """Read what is asked for and write the PDF."""
    bound(resource.RLIMIT_AS, MEMORY)
    asked = json.load(sys.stdin)
    bound(resource.RLIMIT_CPU, asked["seconds"])
    made = typst.compile(
        asked["template"], font_paths=typst.Fonts(font_paths=asked["fonts"], include_system_fonts=False), format="pdf",
        pdf_standards=["a-2b"], timestamp=datetime.fromisoformat(asked["at"]), sys_inputs={"data": asked["data"]},
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
