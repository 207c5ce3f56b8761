"""What production must name, and what is too unsafe to begin with: every problem is a line that says what to set."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from marketplace.core.config_cards import card_problems

#: What must be there, whatever its value.
NEEDED = {
    "DATABASE_URL": "DATABASE_URL is missing",
    "MAIL_URL": "MAIL_URL is missing (smtp://user:password@host:587?tls=starttls)",
    "SEAL_KEY_FILE": "SEAL_KEY_FILE is missing: the file with the key of seals, outside DATA_DIR (flask make-seal-key)",
    "MAIL_FROM": "MAIL_FROM is missing",
    "TRUSTED_PROXIES": "TRUSTED_PROXIES is missing: how many reverse proxies stand in front, 0 for none",
}
ENCRYPTED = {"require", "verify-ca", "verify-full"}  # of PostgreSQL's sslmode; "prefer" falls back to plain
LEAST_BITS = 100  # of a secret, counted by its letters: 32 random ones of any alphabet have more


def flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    """Return whether a setting that is yes or no is on."""
    return env.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def trusted_hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names that requests may ask for."""
    return tuple(name.strip().lower() for name in env.get("TRUSTED_HOSTS", "").split(",") if name.strip())


def unsafe(env: Mapping[str, str], environment: str, base_url: str) -> list[str]:
    """Return what keeps an environment from starting."""
    problems = card_problems(env, environment)
    if environment == "production":
        return problems + production_problems(env, base_url)
    return problems + development_problems(env) if environment == "development" else problems


def production_problems(env: Mapping[str, str], base_url: str) -> list[str]:
    """Return what keeps production from starting."""
    problems = [said for name, said in NEEDED.items() if not env.get(name, "").strip()]
    problems += _of_the_secret(env.get("SECRET_KEY", ""))
    problems += _of_the_database(env) + _of_the_mail(env)
    if not base_url.startswith("https://"):
        problems.append("BASE_URL must be the public https:// address")
    if env.get("RATE_LIMIT_STORAGE", "memory://").startswith("memory"):
        problems.append("RATE_LIMIT_STORAGE is missing: database (the PostgreSQL of DATABASE_URL), redis://… or valkey://…")
    if urlsplit(base_url).hostname not in trusted_hosts(env):
        problems.append("TRUSTED_HOSTS is missing or lacks the host of BASE_URL (names, separated by commas)")
    if flag(env, "DEMO", False):
        problems.append("DEMO must be off")
    return problems


def development_problems(env: Mapping[str, str]) -> list[str]:
    """Return what keeps development, which is the default, from being served to others: its mailbox is open to all."""
    host = env.get("HOST", "127.0.0.1")
    if loopback(host) or flag(env, "DEVELOPMENT_FOR_OTHERS", False):
        return []
    return [
        f"HOST={host} serves others, and this is development: mails with links for new passwords are open to everybody."
        " Set EXCHANGE_ENV=production, or DEVELOPMENT_FOR_OTHERS=1 when that is meant"
    ]


def loopback(host: str | None) -> bool:
    """Return whether a host is this machine itself."""
    if not host or host == "localhost" or host.endswith(".localhost"):
        return bool(host)
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _of_the_secret(secret: str) -> list[str]:
    if len(secret) < 32:
        return ["SECRET_KEY is missing or shorter than 32 characters"]
    counts = Counter(secret)
    bits = -sum(count * math.log2(count / len(secret)) for count in counts.values())
    if bits < LEAST_BITS:
        return ["SECRET_KEY can be guessed: make one with python -c 'import secrets; print(secrets.token_urlsafe(48))'"]
    return []


def _of_the_database(env: Mapping[str, str]) -> list[str]:
    problems = []
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        parts = urlsplit(env.get(name, ""))
        asked = parse_qs(parts.query)
        host = parts.hostname or next(iter(asked.get("host", [])), "")
        if parts.scheme.startswith("sqlite") and not flag(env, "ALLOW_SQLITE", False):
            problems.append(f"{name} names SQLite, for one machine and few people: ALLOW_SQLITE=1 when that is meant")
        remote = parts.scheme.startswith("postgresql") and host and not host.startswith("/") and not loopback(host)
        if remote and asked.get("sslmode", [""])[-1] not in ENCRYPTED:
            problems.append(f"{name} needs sslmode: ?sslmode=verify-full encrypts and checks whom it talks to")
    return problems


def _of_the_mail(env: Mapping[str, str]) -> list[str]:
    parts = urlsplit(env.get("MAIL_URL", ""))
    plain = parse_qs(parts.query).get("tls") != ["starttls"]
    if parts.hostname and plain and not loopback(parts.hostname) and not flag(env, "ALLOW_PLAIN_MAIL", False):
        return ["MAIL_URL sends letters and its password without TLS: add ?tls=starttls"]
    return []
