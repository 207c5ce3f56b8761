"""Memory of pictures: `.venv/bin/python -m bench.pictures` prints the peak above rest for eight uploads at once.

Each kind is the worst that is accepted: MAX_PIXELS, in the colour model and form that needs most memory to unpack. The
eight go through the same check as an upload, in threads of one process as in a web worker. Ends with 1 when a peak is
above the limit. Linux only: reads the high-water mark from /proc.
"""

from __future__ import annotations

import io
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PIL import Image

from marketplace.files.checks import check
from marketplace.files.images import GATE, MAX_PIXELS

LIMIT = 400  # MB
AT_ONCE = 8
SIDE = int(MAX_PIXELS**0.5)
#: Name, colour model, colour, format and how it is written.
KINDS: tuple[tuple[str, str, tuple[int, ...], str, dict[str, Any]], ...] = (
    ("webp, flat", "RGB", (3, 4, 5), "WEBP", {"lossless": True}),
    ("webp, transparent", "RGBA", (3, 4, 5, 99), "WEBP", {"lossless": True}),
    ("png, transparent", "RGBA", (3, 4, 5, 99), "PNG", {}),
    ("jpeg, progressive", "CMYK", (3, 4, 5, 6), "JPEG", {"progressive": True, "subsampling": 0}),
)


def main() -> int:
    high = 0
    GATE.patience = 600.0  # also on a busy machine each gets its turn
    for name, mode, colour, kind, options in KINDS:
        out = io.BytesIO()
        Image.new(mode, (SIDE, SIDE), colour).save(out, kind, **options)
        data = out.getvalue()
        peak, seconds = measure(data, f"a.{kind.lower()}")
        print(f"{name}: {len(data):,} bytes, {AT_ONCE} at once: {peak} MB above rest, {seconds:.1f} s", flush=True)
        high = max(high, peak)
    print(f"worst {high} MB (limit {LIMIT} MB)")
    return int(high >= LIMIT)


def measure(data: bytes, name: str) -> tuple[int, float]:
    """Return the peak of memory above rest in MB, and the seconds until all are stored."""
    Path("/proc/self/clear_refs").write_text("5")  # begins the high-water mark anew
    rest, begin = status("VmRSS"), time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sizes = list(pool.map(lambda _number: len(check(data, name, len(data)).data), range(AT_ONCE)))
    assert all(sizes)
    return status("VmHWM") - rest, time.perf_counter() - begin


def status(field: str) -> int:
    """Return a figure of /proc/self/status in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
