"""What a configuration would leave open: weak secrets, connections in the clear, and a development that others reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

ENCRYPTED = {"require", "verify-ca", "verify-full"}  # of PostgreSQL's sslmode; "prefer" falls back to plain
LEAST_CHARACTERS = 8  # different ones in a SECRET_KEY: 32 random hexadecimal digits have them as good as always


def weak_secret(secret_key: str) -> list[str]:
    """Return what is wrong with a secret that was made up instead of drawn."""
    if len(secret_key) < 32:
        return ["SECRET_KEY is missing or shorter than 32 characters"]
    if len(set(secret_key)) < LEAST_CHARACTERS:
        return ["SECRET_KEY repeats itself: python -c 'import secrets; print(secrets.token_urlsafe(48))' makes one"]
    return []


def plain_connections(env: Mapping[str, str], mail_url: str, allowed: Callable[[str], bool]) -> list[str]:
    """Return what a production would send over a network in the clear, and a database meant for one machine."""
    problems = []
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        url = env.get(name, "")
        if url.startswith("sqlite") and not allowed("ALLOW_SQLITE"):
            problems.append(f"{name} names SQLite: use PostgreSQL, or say ALLOW_SQLITE=1")
        private = _stays_here(url) or _option(url, "sslmode") in ENCRYPTED or allowed("ALLOW_PLAIN_DATABASE")
        if url.startswith("postgresql") and not private:
            problems.append(f"{name} needs ?sslmode=verify-full (or require), or ALLOW_PLAIN_DATABASE=1")
    plain = mail_url.startswith("smtp://") and _option(mail_url, "tls") != "starttls"
    if plain and not (_stays_here(mail_url) or allowed("ALLOW_PLAIN_MAIL")):
        problems.append("MAIL_URL needs ?tls=starttls, or ALLOW_PLAIN_MAIL=1")
    return problems


def _option(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query).get(name, [""])[-1]


def _stays_here(url: str) -> bool:
    """Return whether every host of an address is this machine: loopback, or the folder of a local socket."""
    hosts = [urlsplit(url).hostname or "", *_option(url, "host").split(",")]
    return all(not host or host.startswith("/") or is_loopback(host) for host in hosts)


def is_loopback(host: str) -> bool:
    """Return whether a name or an address means this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def open_development(env: Mapping[str, str], environment: str, allowed: Callable[[str], bool]) -> list[str]:
    """Return why a development that others could reach does not start: its letters and passwords are public."""
    host = env.get("HOST", "127.0.0.1")
    if environment != "development" or is_loopback(host) or allowed("ALLOW_OPEN_DEVELOPMENT"):
        return []
    return [f"HOST={host} lets others reach a development, whose letters and passwords anybody may read: set "
            "EXCHANGE_ENV=production, or say ALLOW_OPEN_DEVELOPMENT=1"]
