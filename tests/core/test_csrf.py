"""Every address that takes a POST refuses one without the token of its own page, whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from marketplace.core.extensions import csrf
from tests import factories


def addresses(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            yield address(rule)


def address(rule: Rule) -> str:
    values = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        choices = sorted(getattr(converter, "items", ()))
        values[name] = choices[0] if choices else 1 if isinstance(converter, IntegerConverter) else "x-1"
    built = rule.build(values)
    assert built is not None, f"no address could be made of {rule}: give its arguments a value in this function"
    return built[1]


def test_no_post_goes_without_a_token(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = factories.user(staff=("admin", "moderator"))
    client = factories.client(ctx, person, factories.organisation())
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", True)
    paths = sorted(set(addresses(ctx)))
    assert len(paths) > 50, "fewer forms were found than there are; mend how this test finds routes"
    let_through = {path: client.post(path, data={"x": "1"}).status_code for path in paths}
    # Mail programs post the one (RFC 8058), a signed address, here a forged one; guests post the other, here no language.
    open_ones = {"/unsubscribe/x-1": 404, "/language/x-1": 404, "/payments/bank/1/callback": 404,
                 "/payments/stripe/webhook": 404}  # signed by the provider; without its secret there is no such address
    assert {path: status for path, status in let_through.items() if status != 400} == open_ones, (
        "a POST without a token was let through: put it under the protection, or name it in `open_ones` "
        "with a check of its own"
    )
    assert csrf._exempt_views == {
        "marketplace.notifications.views.unsubscribe.turn_off",
        "marketplace.payments.views.bank_messages.transfer_message",  # signed by the bank
        "marketplace.payments.views.cards.stripe_webhook",
        "marketplace.web.views.switch_language",  # guests have no session; another site's form is refused by Sec-Fetch-Site
    }, (
        "only what another site or a mail program posts may be exempt; it then checks a signature itself"
    )
    assert not csrf._exempt_blueprints, "exempt a view, never a whole blueprint"
