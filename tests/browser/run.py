"""`make test-browser`: the journeys in Chromium, or a clear word that they are left out.

REQUIRE_CHROMIUM=1 (CI) makes a missing Chromium an error instead. Each of WORKERS processes has an exchange and a
Chromium of its own and takes whole files; of the pages, those of one person (`conftest`).
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.browser.chromium import find


def main() -> int:
    if find() is None:
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            print("Chromium is required here (REQUIRE_CHROMIUM=1) and was not found.", file=sys.stderr)
            return 1
        print("Chromium was not found: the browser tests are LEFT OUT. Install Debian's `chromium` to run them.")
        return 0
    spread = ("-n", os.environ.get("WORKERS", "2"), "--dist", "loadgroup")
    return subprocess.call([sys.executable, "-m", "pytest", "-m", "browser", *spread, "tests/browser", *sys.argv[1:]])


if __name__ == "__main__":
    raise SystemExit(main())
