"""Where the staff space lives: passkeys belong to one origin and one name (WebAuthn Level 3, 13.4.9). Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Place:
    """`origin` is what browsers must say, `name` the relying party's id, None where passkeys cannot work."""

    origin: str
    name: str | None

    @property
    def https(self) -> bool:
        return self.origin.startswith("https:")

    def invitation(self, token: str) -> str:
        """The address to give to whoever that invitation is for."""
        return f"{self.origin}/equipe/invitation/{token}/"


def place_of(public_url: str) -> Place:
    """Passkeys want a name: a loopback address is spoken to as localhost; any other bare address has none."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port and parts.port != {"http": 80, "https": 443}[parts.scheme] else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return Place(f"{parts.scheme}://{host}{port}", host)
    if address.is_loopback:
        return Place(f"{parts.scheme}://localhost{port}", "localhost")
    written = f"[{host}]" if address.version == 6 else host
    return Place(f"{parts.scheme}://{written}{port}", None)
