"""The double's API: what `POST /v1/…` and `GET /v1/…` answer, each key of idempotency once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from marketplace.payments.cards.sandbox import objects
from marketplace.payments.cards.sandbox.objects import Thing, shown
from marketplace.payments.cards.sandbox.state import Double, Refused

#: An answer: its status, its body, and whether it repeats an earlier one.
Answer = tuple[int, Thing, bool]
_LISTED = {"checkout/sessions": "checkout.session", "payment_intents": "payment_intent", "refunds": "refund",
           "disputes": "dispute", "payouts": "payout"}
_PART = re.compile(r"\[([^\]]*)\]")


def nested(text: str) -> Thing:
    """Return form fields such as `a[b][0]=c` as dictionaries in each other."""
    made: Thing = {}
    for field, value in parse_qsl(text, keep_blank_values=True):
        names = [field.partition("[")[0], *_PART.findall(field)]
        place = made
        for one in names[:-1]:
            place = place.setdefault(one, {})
        place[names[-1]] = value
    return made


class Api:
    """Answers requests of the SDK."""

    def __init__(self, double: Double, secret_key: str) -> None:
        """Serve a double to whoever has the key."""
        self.double, self.secret_key = double, secret_key
        self.answers: dict[str, tuple[str, int, Thing]] = {}
        self.broken: list[int] = []  # statuses with which the next requests are answered instead (tests)

    def answer(self, method: str, path: str, query: str, body: str, headers: dict[str, str]) -> Answer:
        """Return what a request is answered with."""
        if headers.get("authorization") != f"Bearer {self.secret_key}":
            return 401, _error("Invalid API Key provided", "", "invalid_request_error"), False
        key, asked = headers.get("idempotency-key", ""), f"{method} {path}?{query} {body}"
        with self.double.lock:
            if self.broken:
                status = self.broken.pop(0)
                return status, _error("Something went wrong on the double's end.", "", "api_error"), False
            if method == "POST" and key in self.answers:
                before, status, said = self.answers[key]
                if before == asked:
                    return status, said, True
                why = "Keys for idempotent requests can only be used with the same parameters they were first used with."
                return 400, _error(why, "", "idempotency_error"), False
            status, said = self._made(method, path.removeprefix("/v1/"), nested(query), nested(body))
            if method == "POST" and key:
                self.answers[key] = (asked, status, said)
        return status, said, False

    def _made(self, method: str, path: str, query: Thing, params: Thing) -> tuple[int, Thing]:
        try:
            return 200, self._do(method, path, query, params)
        except Refused as error:
            return error.status, _error(str(error), error.code, error.kind)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return 400, _error(f"Invalid request: {error}", "parameter_invalid", "invalid_request_error")

    def _do(self, method: str, path: str, query: Thing, params: Thing) -> Thing:
        routes: dict[str, Callable[[], Thing]] = {
            "POST customers": lambda: self.double.keep(objects.customer(params)),
            "POST checkout/sessions": lambda: self._session(params),
            "POST payment_intents": lambda: self._intent(params),
            "POST refunds": lambda: self.double.refund(
                params["payment_intent"], int(params["amount"]) if "amount" in params else None,
                params.get("metadata", {})),
        }
        if found := routes.get(f"{method} {path}"):
            return json.loads(json.dumps(shown(found())))
        if expired := re.fullmatch(r"checkout/sessions/([^/]+)/expire", path):
            return dict(shown(self.double.expire(expired[1])))
        if method == "GET":
            return json.loads(json.dumps(self._read(path, query)))
        raise Refused(404, f"Unrecognized request URL ({method}: /v1/{path}).")

    def _session(self, params: Thing) -> Thing:
        """Make a session; a customer that it names must be known."""
        if params.get("customer"):
            self.double.get(params["customer"], "customer")
        return self.double.keep(objects.session(params, self.double.address))

    def _intent(self, params: Thing) -> Thing:
        """Make an intent; with Stripe's test card it is paid at once."""
        made = self.double.keep(objects.intent(
            int(params["amount"]), params["currency"], params.get("metadata", {}), params.get("description"),
            params.get("customer")))
        if params.get("confirm") == "true":
            if params.get("payment_method") != "pm_card_visa":
                raise Refused(402, "Your card was declined.", "card_declined", "card_error")
            self.double.succeed(made)
        return made

    def _read(self, path: str, query: Thing) -> Thing:
        if path == "balance_transactions":
            moves = [one for one in reversed(self.double.moves) if query.get("payout") in (None, one["_payout"])]
            return self._page(path, [self._expanded(one) for one in moves], query)
        if path in _LISTED:
            since, until = (int(query.get("created", {}).get(name, value)) for name, value in (("gte", 0), ("lt", 2**40)))
            rows = [one for one in self.double.every(_LISTED[path]) if since <= one["created"] < until]
            return self._page(path, [shown(one) for one in rows], query)
        kind, _, name = path.rpartition("/")
        if kind == "checkout/sessions":
            return shown(self.double.session(name))
        kinds = {**_LISTED, "customers": "customer", "charges": "charge", "balance_transactions": "balance_transaction"}
        if kind not in kinds:
            raise Refused(404, f"Unrecognized request URL (GET: /v1/{path}).")
        return shown(self.double.get(name, kinds[kind]))

    def _expanded(self, move: Thing) -> Thing:
        return {**shown(move), "source": shown(self.double.things[move["source"]])}

    def _page(self, path: str, rows: list[Thing], query: Thing) -> Thing:
        after = query.get("starting_after")
        begin = next((number + 1 for number, one in enumerate(rows) if one["id"] == after), 0) if after else 0
        size = int(query.get("limit", 10))
        return {"object": "list", "url": f"/v1/{path}", "data": rows[begin:begin + size],
                "has_more": len(rows) > begin + size}


def _error(message: str, code: str, kind: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, **({"code": code} if code else {})}}
