"""Production refuses to start half-configured; the rest has sensible defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.core.config import SettingsError, load_settings

GOOD = {
    "EXCHANGE_ENV": "production",
    "SECRET_KEY": "f3Kq9-Zt0pLw7_VbXs2mYc8RdJhN5uGa1EoT",
    "DATABASE_URL": "postgresql+psycopg://localhost/exchange",
    "BASE_URL": "https://exchange.example",
    "MAIL_URL": "smtp://localhost:25",
    "MAIL_FROM": "San <no-reply@exchange.example>",
    "RATE_LIMIT_STORAGE": "database",
    "TRUSTED_PROXIES": "1",
    "TRUSTED_HOSTS": "exchange.example",
    "SEAL_KEY_FILE": "/etc/exchange/seal_key.pem",
}


def test_a_complete_production_starts_with_secure_cookies(tmp_path: Path) -> None:
    settings = load_settings({**GOOD, "DATA_DIR": str(tmp_path)})
    config = settings.flask_config()
    assert settings.production
    assert not settings.demo
    assert config["SESSION_COOKIE_SECURE"] and config["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize("name", [
    "SECRET_KEY", "DATABASE_URL", "BASE_URL", "MAIL_URL", "MAIL_FROM", "RATE_LIMIT_STORAGE", "TRUSTED_PROXIES",
    "TRUSTED_HOSTS", "SEAL_KEY_FILE",
])
def test_production_names_what_is_missing(tmp_path: Path, name: str) -> None:
    env = {**GOOD, "DATA_DIR": str(tmp_path)}
    del env[name]
    with pytest.raises(SettingsError, match=name):
        load_settings(env)


def test_production_refuses_demo_accounts_and_short_secrets(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DEMO"):
        load_settings({**GOOD, "DATA_DIR": str(tmp_path), "DEMO": "1"})
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load_settings({**GOOD, "DATA_DIR": str(tmp_path), "SECRET_KEY": "short"})


def test_nonsense_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORT"):
        load_settings({"DATA_DIR": str(tmp_path), "PORT": "eighty"})
    with pytest.raises(SettingsError, match="UPLOAD_LIMIT"):
        load_settings({"DATA_DIR": str(tmp_path), "UPLOAD_LIMIT": "20 MB"})
    with pytest.raises(SettingsError, match="EXCHANGE_ENV"):
        load_settings({"DATA_DIR": str(tmp_path), "EXCHANGE_ENV": "staging"})
    with pytest.raises(SettingsError, match="UPLOAD_LIMIT"):
        load_settings({"DATA_DIR": str(tmp_path), "UPLOAD_LIMIT": "20 MB"})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("whoosh://memory", "forgets"),
        ("whoosh://folder", "whoosh://"),
        ("memory://", "begin with"),
        ("opensearch://ex:secret@search.example:9200/exchange", "without TLS"),
        ("opensearchs://search.example:9200", "prefix"),
        ("opensearchs:///exchange", "host"),
        ("opensearchs://search.example:x/exchange", "host"),
        ("opensearchs://search.example/exchange?replicas=-1", "replicas"),
        ("opensearchs://search.example/exchange?shard=2", "shard"),
        ("elastic://search.example/exchange", "begin with"),
        ("whoosh", "begin with"),
    ],
)
def test_production_refuses_half_an_address_of_the_search_cluster(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        load_settings({**GOOD, "DATA_DIR": str(tmp_path), "SEARCH_URL": url})
    assert "secret@" not in str(refused.value)


def test_a_search_cluster_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "opensearchs://ex:p%40ss@one.example:9200,two.example/exchange?replicas=1"
    assert load_settings({**GOOD, "DATA_DIR": str(tmp_path), "SEARCH_URL": url}).search_url == url
    monkeypatch.setattr("marketplace.search.engines.opensearch.address.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="opensearch-py"):
        load_settings({**GOOD, "DATA_DIR": str(tmp_path), "SEARCH_URL": url})


def test_development_keeps_its_secret_between_starts(tmp_path: Path) -> None:
    first = load_settings({"DATA_DIR": str(tmp_path)})
    second = load_settings({"DATA_DIR": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"RATE_LIMIT_STORAGE": "memory://"}, "RATE_LIMIT_STORAGE is missing"),
        ({"RATE_LIMIT_STORAGE": "postgresql://localhost/x"}, "must be database"),
        ({"RATE_LIMIT_STORAGE": "database", "DATABASE_URL": "sqlite:///x"}, "needs PostgreSQL"),
        ({"TRUSTED_HOSTS": "another.example"}, "lacks the host of BASE_URL"),
        ({"TRUSTED_PROXIES": " "}, "TRUSTED_PROXIES is missing"),
        ({"TRUSTED_PROXIES": "one"}, "whole number"),
    ],
)
def test_production_refuses_limits_of_one_process_and_unnamed_proxies_and_hosts(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings({**GOOD, "DATA_DIR": str(tmp_path), **changes})


def test_a_store_of_limits_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.core.config.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="pip install valkey"):
        load_settings({**GOOD, "DATA_DIR": str(tmp_path), "RATE_LIMIT_STORAGE": "valkey://localhost:6379"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": "a" * 36}, "can be guessed"),
        ({"SECRET_KEY": "abcabc" * 8}, "can be guessed"),
        ({"MAIL_URL": "smtp://mail.example.vn:25"}, "without TLS"),
        ({"DATABASE_URL": "sqlite:////srv/exchange.sqlite3", "RATE_LIMIT_STORAGE": "redis://localhost"}, "names SQLite"),
        ({"DATABASE_URL": "postgresql+psycopg://web@db.example.vn/exchange"}, "sslmode"),
        ({"DATABASE_URL": "postgresql+psycopg://web@db.example.vn/exchange?sslmode=prefer"}, "sslmode"),
        ({"DATABASE_OWNER_URL": "postgresql+psycopg://owner@db.example.vn/x"}, "DATABASE_OWNER_URL needs sslmode"),
    ],
)
def test_production_refuses_secrets_that_can_be_guessed_and_ways_without_tls(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings({**GOOD, **changes, "DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    "changes",
    [
        {"MAIL_URL": "smtp://mail.example.vn:587?tls=starttls"},
        {"MAIL_URL": "smtp://mail.example.vn:25", "ALLOW_PLAIN_MAIL": "1"},
        {"DATABASE_URL": "postgresql+psycopg://web@db.example.vn/exchange?sslmode=verify-full"},
        {"DATABASE_URL": "postgresql+psycopg:///exchange?host=/run/postgresql"},
        {"DATABASE_URL": "sqlite:////srv/x.sqlite3", "RATE_LIMIT_STORAGE": "redis://localhost", "ALLOW_SQLITE": "1"},
    ],
)
def test_production_takes_what_is_safe_or_said_to_be_meant(tmp_path: Path, changes: dict[str, str]) -> None:
    assert load_settings({**GOOD, **changes, "DATA_DIR": str(tmp_path)}).production


def test_development_is_served_to_others_only_when_it_is_said(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.7"):
        with pytest.raises(SettingsError, match="DEVELOPMENT_FOR_OTHERS"):
            load_settings({"DATA_DIR": str(tmp_path), "HOST": host})
        assert load_settings({"DATA_DIR": str(tmp_path), "HOST": host, "DEVELOPMENT_FOR_OTHERS": "1"}).host == host
    for host in ("127.0.0.1", "localhost", "::1"):
        assert load_settings({"DATA_DIR": str(tmp_path), "HOST": host}).host == host


def test_the_example_of_an_environment_starts_once_the_secret_is_made(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / "deploy" / "environment.example").read_text(encoding="utf-8")
    env = dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))
    with pytest.raises(SettingsError, match="SECRET_KEY is missing"):
        load_settings({**env, "DATA_DIR": str(tmp_path)})
    assert load_settings({**env, "DATA_DIR": str(tmp_path), "SECRET_KEY": GOOD["SECRET_KEY"]}).production
