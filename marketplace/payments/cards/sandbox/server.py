"""The double's HTTP server: API, hosted page, desk."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from marketplace.payments.cards.sandbox import pages
from marketplace.payments.cards.sandbox.api import Api, nested
from marketplace.payments.cards.sandbox.objects import name
from marketplace.payments.cards.sandbox.state import Double, Refused

LARGEST = 1_000_000  # bytes of a request


class Server(ThreadingHTTPServer):
    """Serves one double. Port 0 takes a free one."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, double: Double, secret_key: str, port: int = 0, public: str = "") -> None:
        """Listen on this machine only; `public` is the address that browsers see."""
        super().__init__(("127.0.0.1", port), Handler)
        self.double, self.api = double, Api(double, secret_key)
        double.address = public or f"http://127.0.0.1:{self.server_address[1]}"

    def begin(self) -> None:
        """Serve in a thread."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="double").start()

    @property
    def base(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Keep silent: tests and `make run` have other things to say."""

    def do_GET(self) -> None:
        """Answer a page or the API."""
        parts = urlsplit(self.path)
        if parts.path.startswith("/v1/"):
            self._api("GET", "")
        elif parts.path in ("/", "/healthz"):
            with self.server.double.lock:
                self._page(pages.desk(self.server.double.every("checkout.session"), self.server.double.every("dispute")))
        else:
            self._shown(parts.path, parts.query)

    def do_POST(self) -> None:
        """Answer the API, or do what a page asks for."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            self._page("too large", 413)
            return
        body = self.rfile.read(length).decode()
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self._api("POST", body)
            return
        try:
            with self.server.double.lock:
                self._done(path, str(nested(body).get("outcome", "")))
        except Refused as error:
            self._page(str(error), error.status)

    def _api(self, method: str, body: str) -> None:
        parts = urlsplit(self.path)
        headers = {key.lower(): value for key, value in self.headers.items()}
        status, said, again = self.server.api.answer(method, parts.path, parts.query, body, headers)
        more = {"Request-Id": name("req"), **({"Idempotent-Replayed": "true"} if again else {})}
        self._answer(status, json.dumps(said, ensure_ascii=False).encode(), "application/json", more)

    def _shown(self, path: str, query: str) -> None:
        asked = re.fullmatch(r"/c/pay/([A-Za-z0-9_]+)", path)
        try:
            with self.server.double.lock:
                session = self.server.double.session(asked[1] if asked else "")
                is_open = session["status"] == "open"
                shown = pages.pay(session, secure=query == "threeds") if is_open else pages.over(session)
            self._page(shown)
        except Refused as error:
            self._page(str(error), error.status)

    def _done(self, path: str, outcome: str) -> None:
        double = self.server.double
        if asked := re.fullmatch(r"/c/pay/([A-Za-z0-9_]+)", path):
            self._chosen(asked[1], outcome)
        elif asked := re.fullmatch(r"/desk/disputes/([A-Za-z0-9_]+)/(won|lost)", path):
            double.close_dispute(asked[1], asked[2] == "won")
            self._go("/")
        elif asked := re.fullmatch(r"/desk/payments/([A-Za-z0-9_]+)/dispute", path):
            double.dispute(asked[1])
            self._go("/")
        elif path == "/desk/payouts":
            double.pay_out()
            self._go("/")
        else:
            raise Refused(404, "Not found")

    def _chosen(self, session_id: str, outcome: str) -> None:
        double = self.server.double
        if outcome == "threeds":
            self._go(f"/c/pay/{session_id}?threeds")
        elif outcome in {"decline", "threeds_fail"}:
            session = double.decline(session_id, "card_declined" if outcome == "decline" else "authentication_failed")
            self._page(pages.pay(session, pages.DECLINED), 402)
        elif outcome in {"success", "threeds_ok", "dispute"}:
            session = double.pay(session_id)
            if outcome == "dispute":
                double.dispute(session["payment_intent"])
            self._go(str(session["success_url"]))
        else:
            raise Refused(400, "Unknown choice")

    def _go(self, where: str) -> None:
        self._answer(303, b"", "text/plain", {"Location": where})

    def _page(self, text: str, status: int = 200) -> None:
        self._answer(status, text.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"})

    def _answer(self, status: int, body: bytes, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        for field, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
            self.send_header(field, value)
        self.end_headers()
        self.wfile.write(body)
