"""Addresses of services beside the exchange: `tcp://host:port` or `unix:/path/of/the/socket`."""

from __future__ import annotations

from urllib.parse import urlsplit

#: What `socket.connect` takes: a host with its port, or the path of a UNIX socket.
Address = tuple[str, int] | str


def socket_address(url: str) -> Address:
    """Return where to connect to. Raises ValueError when it is neither of the two forms."""
    if url.startswith("unix:/"):
        path = url.removeprefix("unix:")
        return "/" + path.lstrip("/")
    parts = urlsplit(url)
    port = parts.port  # raises ValueError itself when it is no number up to 65535
    if parts.scheme != "tcp" or not parts.hostname or not port or parts.path.strip("/") or parts.query or parts.username:
        raise ValueError(f"not tcp://host:port or unix:/path: {url!r}")
    return parts.hostname, port
