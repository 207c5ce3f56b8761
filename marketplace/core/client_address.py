"""Where a request comes from, as limits count it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request


def client() -> str:
    """Return the address of the client; of IPv6 the /64, of which one household or attacker has all addresses."""
    return network(request.remote_addr or "")


def network(text: str) -> str:
    """Return the network that one client commands: an IPv4 address, an IPv6 /64; anything else as it is."""
    address = _read(text)
    if address is None:
        return text or "unknown"
    return str(address) if address.version == 4 else str(ip_network(f"{address}/64", strict=False).network_address)


def short_address(text: str) -> str:
    """Return the network an address belongs to, which is enough to recognise it: 203.0.113.x, 2001:db8:1::."""
    address = _read(text)
    if address is None:
        return ""
    if address.version == 4:
        return f"{str(address).rpartition('.')[0]}.x"
    return str(ip_network(f"{address}/48", strict=False).network_address)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address without its zone, an IPv4 address written as IPv6 as what it is; None for anything else."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if address.version == 6 else address
