"""Where we agree to send: an endpoint is an address that a stranger gives us, and that our server will call.

An allow-list of exact hosts, on the one form in which a browser writes an endpoint: deny-lists and lenient parsers
have failed again and again. The addresses that a name resolves to are checked once more, when connecting.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

LONGEST_ENDPOINT = 1024
LONGEST_HOST = 253  # RFC 1035, 2.3.4, as text

HOSTS = frozenset(
    {
        "fcm.googleapis.com",  # Chrome, Brave, Opera, Samsung Internet, Edge on Android
        "jmt17.google.com",  # Chromium built without Google's keys, Debian's among them
        "updates.push.services.mozilla.com",  # Firefox
        "web.push.apple.com",  # Safari, and apps of the home screen of iPhones
    }
)
# Edge on Windows: one host a datacentre, wns2-par02p.notify.windows.com.
_WINDOWS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.notify\.windows\.com", re.ASCII)

# As browsers serialise it (https://url.spec.whatwg.org/#url-serializing): lower case, no user, no fragment, no default
# port. Nothing that two parsers could read in two ways.
_ENDPOINT = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9]+([.-]+[a-z0-9]+)*|\[[0-9a-f:.]+\])"
    r"(:(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:/-]*)"
    r"(\?([A-Za-z0-9._~!$&'()*+,;=:/?-]|%[2-9A-Fa-f][0-9A-Fa-f])*)?",
    re.ASCII,
)
_DOTS = re.compile(r"/\.{1,2}(/|$)")
_DEFAULT_PORTS = {"https": "443", "http": "80"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # RFC 3056: in bits 16 to 47
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # the part of IPv6 that is given out
_NOT_GIVEN_OUT = tuple(
    ipaddress.ip_network(block)
    for block in (
        "3fff::/20",  # documentation (RFC 9637), newer than Python's list
        "192.88.99.0/24",  # relays of 6to4, withdrawn (RFC 7526)
    )
)


class RefusedEndpointError(ValueError):
    """Not the address of a browser at a push service we know."""


def endpoint_origin(endpoint: str, extra: Collection[str]) -> str:
    """Origin of the push service (RFC 6454: what VAPID signs as `aud`), for an endpoint we agree to call.

    `extra`: `host:port` pairs of the settings; plain http is accepted for these alone. Raises RefusedEndpointError.
    """
    found = _ENDPOINT.fullmatch(endpoint) if len(endpoint) <= LONGEST_ENDPOINT else None
    if found is None or _DOTS.search(found["path"]):
        raise RefusedEndpointError
    scheme, host, port, path = found["scheme"], found["host"], found["port"], found["path"]
    if port == _DEFAULT_PORTS[scheme] or len(host) > LONGEST_HOST:
        raise RefusedEndpointError
    if not _is_extra(host, port or _DEFAULT_PORTS[scheme], extra):
        known = host in HOSTS or _WINDOWS.fullmatch(host)
        if not known or scheme != "https" or port or path == "/":
            raise RefusedEndpointError
    return f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}"


def origin_is_extra(origin: str, extra: Collection[str]) -> bool:
    """Whether an origin, as `endpoint_origin` gave it, was added by the settings."""
    scheme, _, authority = origin.partition("://")
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        host, port = authority, _DEFAULT_PORTS[scheme]
    return _is_extra(host, port, extra)


def _is_extra(host: str, port: str, extra: Collection[str]) -> bool:
    return any(f"{host}:{port}" == known.lower() for known in extra)


def may_connect(ip: str, extra: bool) -> bool:
    """Whether a connection to that address may be opened, for an origin that is `extra` or not.

    Addresses of the whole Internet; for the services that the operator named, the machine itself and private networks
    too. Never link-local addresses: clouds give their credentials there.
    """
    try:
        address = _innermost(ipaddress.ip_address(ip))
    except ValueError:
        return False
    if extra and (address.is_loopback or _is_private(address)):
        return True
    return _is_global(address)


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, where it is a disguise of one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _SIX_TO_FOUR:
            return ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address


def _is_global(address: Address) -> bool:
    if any(address in block for block in _NOT_GIVEN_OUT) or address.is_multicast:
        return False
    return address.is_global and (address.version == 4 or address in _GLOBAL_UNICAST)


_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def _is_private(address: Address) -> bool:
    """Networks that organisations number by themselves (RFC 1918, RFC 4193)."""
    return any(address in block for block in _PRIVATE)
