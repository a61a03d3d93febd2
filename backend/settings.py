"""Settings: read once from the environment, checked, frozen, passed in."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "APPUI_"
EDITION_KEY = "edition-key.pem"
DEFAULT_EXIT_URL = "https://meteofrance.com/"

# What the host of an endpoint may look like (`notices/addresses.py`): anything else would be allowed, and never match.
_HOST_PORT = re.compile(
    r"([a-z0-9]+([.-]+[a-z0-9]+)*|\[[0-9a-f:.]+\]):(?P<port>[1-9][0-9]{0,4})", re.ASCII | re.IGNORECASE
)

# It travels inside each message's signature: push services refuse what is no address.
_CONTACT = re.compile(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]+(/\S*)?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(ValueError):
    """A variable that is unknown or holds a bad value; the message is for the operator."""


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    database_url: str
    public_url: str
    contact: str
    push_hosts_extra: tuple[str, ...]
    exit_url: str
    trusted_proxies: tuple[Network, ...]

    @property
    def keys_dir(self) -> Path:
        return self.data_dir / "keys"

    @property
    def edition_key_file(self) -> Path:
        return self.keys_dir / EDITION_KEY


DESCRIPTIONS = {
    "APPUI_DATA_DIR": "directory of the database and the keys (default var/)",
    "APPUI_DATABASE_URL": "SQLAlchemy address of the database (default SQLite in the data directory)",
    "APPUI_PUBLIC_URL": "address readers use, without a path (default http://127.0.0.1:8000)",
    "APPUI_CONTACT": "mailto: or https address given to push services",
    "APPUI_PUSH_HOSTS_EXTRA": "host:port pairs added to the allowed push services, comma-separated",
    "APPUI_EXIT_URL": "neutral site that the Quitter link opens",
    "APPUI_TRUSTED_PROXIES": "addresses or CIDR blocks of the proxies in front, comma-separated",
}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check every setting; raises SettingsError with all faults, one a line."""
    faults = [
        f"{name}: unknown setting; known ones are {', '.join(DESCRIPTIONS)}"
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in DESCRIPTIONS
    ]
    given = {name: environment[name].strip() for name in DESCRIPTIONS if environment.get(name, "").strip()}
    settings = _build(given, faults)
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def _build(given: Mapping[str, str], faults: list[str]) -> Settings:
    data_dir = Path(given.get("APPUI_DATA_DIR", "var")).resolve()
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(given, data_dir, faults),
        public_url=_public_url(given, faults),
        contact=_contact(given, faults),
        push_hosts_extra=_push_hosts(given, faults),
        exit_url=_web_url(given, "APPUI_EXIT_URL", DEFAULT_EXIT_URL, faults),
        trusted_proxies=_proxies(given, faults),
    )


def _database_url(given: Mapping[str, str], data_dir: Path, faults: list[str]) -> str:
    url = given.get("APPUI_DATABASE_URL", f"sqlite:///{data_dir / 'appui.sqlite3'}")
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not _is_database(url):
        faults.append("APPUI_DATABASE_URL: must be sqlite:/// and a file, or postgresql://user:password@host:port/name")
    return url


def _is_database(url: str) -> bool:
    """A database in memory would be empty again for each process: the start would begin anew without end."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the second: a port that is no number
        return False
    if url.startswith("sqlite:///"):
        return bool(parsed.database) and not parsed.query and not str(parsed.database).startswith((":memory:", "file:"))
    return url.startswith("postgresql+psycopg://")


def _web_url(given: Mapping[str, str], name: str, default: str, faults: list[str]) -> str:
    """https anywhere, http on loopback only: a page opened in a hurry must not be forged on the way."""
    url = given.get(name, default)
    try:
        parts = urlsplit(url)
        host, scheme, _ = parts.hostname or "", parts.scheme, parts.port
    except ValueError:
        host, scheme = "", ""
    strange = any(character in url for character in "\"'<>\\ \t\r\n") or "@" in url
    if strange or not host or not (scheme == "https" or (scheme == "http" and is_loopback(host))):
        faults.append(f"{name}: must be an https address (http is accepted on loopback alone)")
    return url


def _public_url(given: Mapping[str, str], faults: list[str]) -> str:
    """Only an origin: our own addresses are written after it."""
    url = _web_url(given, "APPUI_PUBLIC_URL", "http://127.0.0.1:8000", faults).rstrip("/")
    if any(character in url.partition("://")[2] for character in "/?#"):
        faults.append("APPUI_PUBLIC_URL: must end after the host, or its port: no path, no question mark")
    if not url.isascii():
        # Browsers say where a form comes from in that writing: nobody of the staff could sign in.
        faults.append("APPUI_PUBLIC_URL: write accents of the host as browsers do (xn--…)")
    return url


def is_loopback(host: str) -> bool:
    """True for localhost, *.localhost and the loopback addresses."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _contact(given: Mapping[str, str], faults: list[str]) -> str:
    contact = given.get("APPUI_CONTACT", "")
    if contact and not _CONTACT.fullmatch(contact):
        faults.append("APPUI_CONTACT: must be a mailto: or https:// address")
    return contact


def _push_hosts(given: Mapping[str, str], faults: list[str]) -> tuple[str, ...]:
    hosts = _listed(given, "APPUI_PUSH_HOSTS_EXTRA")
    for entry in hosts:
        found = _HOST_PORT.fullmatch(entry)
        if found is None or int(found["port"]) > 65_535:
            faults.append(f"APPUI_PUSH_HOSTS_EXTRA: {entry!r} is not host:port")
    return hosts


def _proxies(given: Mapping[str, str], faults: list[str]) -> tuple[Network, ...]:
    networks: list[Network] = []
    for entry in _listed(given, "APPUI_TRUSTED_PROXIES"):
        try:
            networks.append(ipaddress.ip_network(entry))
        except ValueError:
            faults.append(f"APPUI_TRUSTED_PROXIES: {entry!r} is not an address or a CIDR block")
    return tuple(networks)


def _listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in given.get(name, "").split(",") if entry.strip())
