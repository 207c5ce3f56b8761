"""How much is tried: each kind of thing once (`make test`), or everything everywhere (TESTS=all, `make test-all`)."""

from __future__ import annotations

import os

#: True when every value goes into every form, and every page is looked at in every look.
ALL = os.environ.get("TESTS") == "all"
