"""`make test-browser`: the journeys in Chromium, or a clear word that they are left out.

REQUIRE_CHROMIUM=1 (CI) makes a missing Chromium an error instead. Each of WORKERS processes has a Chromium of its own and
an exchange of its own, on a copy of the demonstration's data that are made meanwhile (`exchange`).
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.browser.chromium import find
from tests.browser.exchange import demonstration


def main() -> int:
    if find() is None:
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            print("Chromium is required here (REQUIRE_CHROMIUM=1) and was not found.", file=sys.stderr)
            return 1
        print("Chromium was not found: the browser tests are LEFT OUT. Install Debian's `chromium` to run them.")
        return 0
    # One test at a time in the order of `conftest`: a process that has many waiting would end long after the other.
    spread = ("-n", os.environ.get("WORKERS", "2"), "--maxschedchunk", "1")
    command = [sys.executable, "-m", "pytest", "-m", "browser", *spread, "tests/browser", *sys.argv[1:]]
    if "BROWSER_SITE" in os.environ:
        return subprocess.call(command)
    with demonstration() as folder:
        return subprocess.call(command, env={**os.environ, "BROWSER_DATA": str(folder)})


if __name__ == "__main__":
    raise SystemExit(main())
