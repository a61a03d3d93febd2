"""Who is asking, as rate limits count them: an address, or the /64 that one household or one server holds in IPv6."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from backend.settings import Network
from backend.web.asgi import Scope

LONGEST_HEADER = 2_000


def client_key(scope: Scope, trusted_proxies: Sequence[Network]) -> str:
    """The nearest address that is not one of our own proxies: what stands further left in X-Forwarded-For is only
    what a stranger wrote. Kept in memory for minutes, never in a log or a table."""
    client = scope.get("client")
    nearest = _address(client[0]) if client else None
    hops = [nearest, *reversed(_forwarded(scope))]
    for hop in hops:
        if hop is None or not any(hop in network for network in trusted_proxies):
            return _bucket(hop)
    return _bucket(hops[-1])


def _forwarded(scope: Scope) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address | None]:
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    text = b",".join(lines)[-LONGEST_HEADER:].decode("latin-1")
    return [_address(part.strip()) for part in text.split(",")] if text else []


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _bucket(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
