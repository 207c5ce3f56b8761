"""`python -m tests.notifications.nursery`: starts a worker, a process of its own, for every line read; prints its pid.

A worker is forked from an application that is loaded already, so that a test can afford to kill many.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from marketplace import create_app
from marketplace.core.worker import work_forever


def main() -> None:
    """Serve until the input ends."""
    app = create_app()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried at once
    print("ready", flush=True)
    for _line in sys.stdin:
        pid = os.fork()
        if not pid:
            sys.stdin.close()
            with app.app_context():
                work_forever(threading.Event(), 0.02, alone=True)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
