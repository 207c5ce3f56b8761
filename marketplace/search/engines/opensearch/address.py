"""What a `SEARCH_URL` may say, checked before anything starts. Nothing here needs the extra."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import parse_qs, unquote, urlsplit

MISSING_EXTRA = "SEARCH_URL=opensearch://… needs the package opensearch-py: make setup EXTRAS=opensearch installs it"
REFRESH = ("wait_for", "true", "false")
SCHEMES = ("whoosh", "opensearch", "opensearchs")


@dataclass(frozen=True)
class Address:
    """What a SEARCH_URL says: opensearchs://user:password@host:9200,host2:9200/prefix?replicas=1."""

    hosts: tuple[tuple[str, int], ...]
    prefix: str
    secure: bool = False
    user: str = ""
    password: str = ""
    refresh: str = "wait_for"  # a write returns when it can be found; "false" when it is safe
    shards: int = 1
    replicas: int = 0
    ca: str = ""  # file of the certificate authority, when the system does not know it


def parse_address(url: str) -> Address:
    """Read a SEARCH_URL. Raises ValueError with what is wrong with it, never with the password."""
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    prefix = parts.path.strip("/")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,60}", prefix):
        raise ValueError("SEARCH_URL needs a prefix of small letters after the host: opensearch://host:9200/exchange")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = options.keys() - {"refresh", "shards", "replicas", "ca"}
    if unknown:
        raise ValueError(f"SEARCH_URL has unknown options: {', '.join(sorted(unknown))}")
    refresh = options.get("refresh", "wait_for")
    if refresh not in REFRESH:
        raise ValueError(f"refresh in SEARCH_URL must be one of {', '.join(REFRESH)}")
    copies = _count(options, "shards", 1, least=1), _count(options, "replicas", 0, least=0)
    addresses = tuple(_host(host) for host in hosts.split(","))
    secure, who = parts.scheme == "opensearchs", (unquote(name), unquote(password))
    return Address(addresses, prefix, secure, *who, refresh, *copies, options.get("ca", ""))


def problem_of(url: str, production: bool) -> str:
    """Return what is wrong with a SEARCH_URL, or nothing; never a password."""
    scheme, there, rest = url.partition("://")
    if scheme not in SCHEMES or not there:
        return "SEARCH_URL must begin with whoosh://, opensearch:// or opensearchs://"
    if scheme == "whoosh":
        if rest and production:
            return "SEARCH_URL=whoosh://memory forgets everything when a process ends: use whoosh:// or opensearchs://…"
        return "" if rest in {"", "memory"} else "SEARCH_URL must be whoosh://, or whoosh://memory for tests"
    if find_spec("opensearchpy") is None:
        return MISSING_EXTRA
    if scheme == "opensearch" and "@" in rest and production:
        return "SEARCH_URL sends a password without TLS: use opensearchs://"
    try:
        parse_address(url)
    except ValueError as error:
        return str(error)
    return ""


def _host(text: str) -> tuple[str, int]:
    name, _, port = text.rpartition(":") if ":" in text else (text, "", "9200")
    if not name or not port.isdecimal():
        raise ValueError("SEARCH_URL needs a host: opensearch://host:9200/exchange")
    return name, int(port)


def _count(options: dict[str, str], name: str, default: int, least: int) -> int:
    text = options.get(name, str(default))
    if not text.isdecimal() or not least <= int(text) <= 100:
        raise ValueError(f"{name} in SEARCH_URL must be a number from {least} to 100")
    return int(text)
