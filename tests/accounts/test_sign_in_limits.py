"""Limits of signing in: they hold against guessing, also from several processes, and not against the owner."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.accounts.sign_in_limits import LIMITS
from marketplace.core import counters
from marketplace.core.client_address import network
from marketplace.core.counters import PAUSE, Counters, DatabaseCounters, store_of
from marketplace.core.extensions import limiter
from tests import factories
from tests.accounts.test_passwords import NEW
from tests.accounts.test_sign_in import last_mail, link_in, registered
from tests.conftest import BACKEND, make_settings
from tests.core.redis_double import RedisDouble
from tests.factories import PASSWORD

of_postgres = pytest.mark.skipif(BACKEND == "sqlite", reason="the store of PostgreSQL")
STORES = [pytest.param("memory", marks=pytest.mark.thorough), pytest.param("database", marks=of_postgres), "redis"]
#: A flood is the same code over each store, which differ in how they count at once, one after the other, and when away.
in_one_store = pytest.mark.parametrize(
    "limited", [*STORES[:2], pytest.param("redis", marks=pytest.mark.thorough)], indirect=True
)
OWNER, ELSEWHERE = "198.51.100.7", "203.0.113."


@pytest.fixture
def redis() -> Iterator[RedisDouble]:
    double = RedisDouble()
    yield double
    double.close()


@pytest.fixture(params=STORES)
def limited(
    request: pytest.FixtureRequest, app: Flask, tmp_path: Path, database_url: str, redis: RedisDouble
) -> Iterator[Flask]:
    """An installation with limits, counted in each of the stores."""
    address = {"memory": "memory://", "database": "database", "redis": redis.url}[request.param]
    made = create_app(make_settings(tmp_path, database_url, RATE_LIMITS="1", RATE_LIMIT_STORAGE=address))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    limiter.enabled = False
    assert bool(redis.counters) == (request.param == "redis")


def browser(app: Flask, address: str) -> FlaskClient:
    """Return a browser behind an address."""
    web = factories.client(app)
    web.environ_base["REMOTE_ADDR"] = address
    return web


def tries(web: FlaskClient, email: str, password: str = "sai-mat-khau-roi") -> int:
    return web.post("/login", data={"email": email, "password": password}).status_code


def flood(app: Flask, email: str, times: int = 12, networks: int = 12) -> list[int]:
    """Return the answers to wrong passwords for one account from many networks."""
    return [tries(browser(app, f"{ELSEWHERE}{number}"), email) for number in range(networks) for _try in range(times)]


@in_one_store
def test_a_flood_from_elsewhere_never_keeps_the_owner_out_on_a_known_device(limited: Flask) -> None:
    email = registered(limited)
    owner = browser(limited, OWNER)
    assert tries(owner, email, PASSWORD) == 302
    owner.post("/logout")
    answers = flood(limited, email)
    assert answers.count(422) <= 100 and answers.count(429) >= 44, "guessing is limited, whoever guesses"
    assert tries(owner, email, PASSWORD) == 302
    owner.post("/logout")
    owner.environ_base["REMOTE_ADDR"] = f"{ELSEWHERE}1"  # also behind the same address as the attacker
    assert tries(owner, email, PASSWORD) == 302


@in_one_store
def test_on_a_new_device_a_mailed_link_leads_in_and_the_page_says_so(limited: Flask) -> None:
    email = registered(limited)
    flood(limited, email)
    owner = browser(limited, OWNER)
    refused = owner.post("/login", data={"email": email, "password": PASSWORD})
    assert refused.status_code == 429
    assert 'href="/reset"' in refused.text
    assert owner.post("/reset", data={"email": email}).status_code == 200
    link = link_in(last_mail(limited))
    assert owner.post(link, data={"password": NEW, "password_confirm": NEW}).location == "/login"
    assert tries(owner, email, NEW) == 302


def test_a_known_device_is_no_way_round_for_other_accounts_or_for_guessing(limited: Flask) -> None:
    mine = registered(limited)
    web = browser(limited, OWNER)
    assert tries(web, mine, PASSWORD) == 302
    web.post("/logout")
    assert [tries(web, "nan-nhan@example.vn") for _try in range(11)].count(429) == 1
    assert [tries(web, mine) for _try in range(11)].count(429) == 1
    stranger = browser(limited, f"{ELSEWHERE}9")
    stranger.set_cookie("device", "eyJpZCI6IngiLCJhY2NvdW50cyI6W119.x.y")
    assert [tries(stranger, "nan-nhan@example.vn") for _try in range(11)][-1] == 429


def test_twenty_guesses_at_once_are_ten_at_most(limited: Flask) -> None:
    email = registered(limited)
    owner = browser(limited, OWNER)
    assert tries(owner, email, PASSWORD) == 302
    owner.post("/logout")
    calls = [(browser(limited, f"{ELSEWHERE}1"), "sai-mat-khau-roi") for _number in range(20)] + [(owner, PASSWORD)]
    barrier = Barrier(len(calls))

    def send(call: tuple[FlaskClient, str]) -> int:
        barrier.wait()
        return tries(call[0], email, call[1])

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(send, calls))
    assert answers[-1] == 302
    tried, refused = answers[:-1].count(422), answers[:-1].count(429)
    assert tried + refused == 20 and 5 <= tried <= 10, answers


def test_signed_in_people_are_counted_by_themselves(limited: Flask) -> None:
    email = registered(limited)
    owner = browser(limited, OWNER)
    assert tries(owner, email, PASSWORD) == 302
    for number in range(21):
        browser(limited, OWNER).post("/reset/x", data={"password": str(number)})
    assert browser(limited, OWNER).post("/reset/x", data={}).status_code == 429
    wrong = {"password": "sai", "new_password": NEW, "new_password_confirm": NEW}
    assert owner.post("/change", data=wrong).status_code == 422


def test_every_counter_of_signing_in_is_in_the_shared_store() -> None:
    for _names, _limits, key, _exempt in LIMITS:
        assert key.__name__ in {"_network", "_account_here", "_account", "_person", "_mail", "_second_step",
                                "_code_again"}


def test_networks() -> None:
    assert network("203.0.113.7") == "203.0.113.7"
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:9::1") == "2001:db8:1:2::"
    assert network("::ffff:203.0.113.7") == "203.0.113.7"
    assert network("") == "unknown"


@of_postgres
def test_processes_share_the_counters_of_the_database(app: Flask, tmp_path: Path, database_url: str) -> None:
    settings = make_settings(tmp_path, database_url, RATE_LIMIT_STORAGE="database")
    stores = [store_of(settings) for _process in range(4)]
    barrier, key = Barrier(20), "LIMITER/sign-in:x/login/10/1/minute"

    def count(number: int) -> int:
        barrier.wait()
        return stores[number % 4].incr(key, 60)

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(count, range(20))) == list(range(1, 21))
    assert stores[0].get(key) == 20
    assert 0 < stores[1].get_expiry(key) - time.time() <= 61
    assert stores[0].incr("LIMITER/sign-in:short", 1, 5) == 5
    time.sleep(1.1)
    assert stores[2].get("LIMITER/sign-in:short") == 0
    assert stores[3].incr("LIMITER/sign-in:short", 1) == 1, "a window that has ended begins anew"
    stores[0].clear(key)
    assert stores[1].get(key) == 0
    counted = Counters(store=stores[0])
    for name, shared in (("10.0.0.1/browse.search", 0), ("sign-in:x", 1), ("mail:x", 1), ("uploads/7", 1)):
        assert counted.incr(f"LIMITER/{name}", 60) == 1
        assert stores[1].get(f"LIMITER/{name}") == shared, "what is counted at every page stays in the process"


def test_redis_frozen_or_gone_costs_one_page_a_moment_and_nobody_an_answer(
    app: Flask, tmp_path: Path, database_url: str, redis: RedisDouble
) -> None:
    made = create_app(make_settings(tmp_path, database_url, RATE_LIMITS="1", RATE_LIMIT_STORAGE=redis.url))
    made.config["WTF_CSRF_ENABLED"] = False
    web = browser(made, OWNER)
    assert web.get("/login").status_code == 200 and redis.counters
    quick = _seconds(web)
    for end in (lambda: setattr(redis, "frozen", True), redis.close):
        limiter.storage._silent_until = 0.0  # type: ignore[attr-defined]
        end()
        first = _seconds(web)
        assert first < 0.2 + 3 * quick + 0.1, first
        assert _seconds(web) < first or first < 0.1, "the next does not wait"
    assert [tries(web, "a@example.vn") for _try in range(11)][-1] == 429, "the process counts alone meanwhile"
    assert PAUSE >= 5


def _seconds(web: FlaskClient) -> float:
    began = time.monotonic()
    assert web.get("/login").status_code == 200
    return time.monotonic() - began


@of_postgres
def test_a_database_that_holds_the_counter_is_not_waited_for(app: Flask, tmp_path: Path, database_url: str) -> None:
    store = store_of(make_settings(tmp_path, database_url, RATE_LIMIT_STORAGE="database"))
    assert isinstance(store, DatabaseCounters)
    counted = Counters(store=store)
    key = "LIMITER/sign-in:held/login"
    assert counted.incr(key, 60) == 1
    held = counters.create_engine(database_url)
    with held.connect() as connection:
        connection.exec_driver_sql("UPDATE rate_counter SET count = 7")
        began = time.monotonic()
        assert counted.incr(key, 60) == 2, "this process alone"
        assert time.monotonic() - began < 0.4
        connection.rollback()
    held.dispose()
    counted._silent_until = 0.0
    assert counted.incr(key, 60) == 3


def test_a_host_that_is_not_ours_is_refused_by_a_plain_page(app: Flask, tmp_path: Path, database_url: str) -> None:
    made = create_app(make_settings(tmp_path, database_url, TRUSTED_HOSTS="san.example.vn,127.0.0.1"))
    web = made.test_client()
    for path in ("/", "/login", "/nothing"):
        refused = web.get(path, base_url="http://evil.example")
        assert refused.status_code == 400 and "evil.example" not in refused.text
    assert web.get("/login", base_url="http://san.example.vn").status_code == 200
    assert web.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200


@pytest.mark.parametrize(("proxies", "status"), [("1", 400), ("0", 200)])
def test_a_forwarded_host_counts_of_a_trusted_proxy_only_and_only_when_it_is_ours(
    app: Flask, tmp_path: Path, database_url: str, proxies: str, status: int
) -> None:
    made = create_app(make_settings(tmp_path, database_url, TRUSTED_HOSTS="san.example.vn", TRUSTED_PROXIES=proxies))
    for path in ("/login", "/healthz"):
        answer = made.test_client().get(
            path, base_url="http://san.example.vn", headers={"X-Forwarded-Host": "evil.example"}
        )
        assert answer.status_code == status
        assert "evil.example" not in answer.text and "evil.example" not in str(answer.headers)
