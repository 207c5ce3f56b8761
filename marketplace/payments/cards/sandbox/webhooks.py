"""Signed webhooks of the double, sent one after the other and again until they are taken, as Stripe does."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import queue
import threading
from urllib.parse import urlsplit

from marketplace.payments.cards.sandbox.objects import Thing, now

log = logging.getLogger(__name__)
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # seconds before the next attempt
_ANSWERS = 10  # seconds that the exchange may take


def signed(event: Thing, secret: str, at: int | None = None) -> tuple[bytes, str]:
    """Return the body of a webhook and its signature (https://docs.stripe.com/webhooks#verify-manually)."""
    body, sent = json.dumps(event, ensure_ascii=False).encode(), now() if at is None else at
    mac = hmac.new(secret.encode(), f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={sent},v1={mac}"


class Sender:
    """Sends events to one address from a thread of its own."""

    def __init__(self, url: str, secret: str) -> None:
        """Begin to send."""
        self.url, self.secret = urlsplit(url), secret
        self.waiting: queue.Queue[tuple[Thing, int]] = queue.Queue()
        threading.Thread(target=self._send_all, daemon=True, name="webhooks").start()

    def __call__(self, event: Thing) -> None:
        """Have an event sent."""
        self.waiting.put((event, 0))

    def _send_all(self) -> None:
        while True:
            event, tried = self.waiting.get()
            if not self._sent(event) and tried < len(PAUSES):
                again = threading.Timer(PAUSES[tried], self.waiting.put, [(event, tried + 1)])
                again.daemon = True
                again.start()

    def _sent(self, event: Thing) -> bool:
        body, signature = signed(event, self.secret)
        connection = http.client.HTTPConnection(self.url.hostname or "", self.url.port, timeout=_ANSWERS)
        try:
            connection.request("POST", self.url.path, body, {"Content-Type": "application/json; charset=utf-8",
                                                             "Stripe-Signature": signature})
            status = connection.getresponse().status
        except OSError as error:
            log.info("%s was not taken: %s", event["type"], error)
            return False
        finally:
            connection.close()
        return 200 <= status < 300
