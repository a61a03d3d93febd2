"""The one door to push services: RFC 8291 messages over libcurl, many under way on few HTTP/2 connections.

Nothing waits for its turn inside libcurl, where its time would run: what cannot leave at once is not handed over.

No redirect is followed, no proxy variable heard, no answer read beyond a few bytes, no address connected to that
`addresses.may_connect` does not allow, whatever a name resolves to.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pycurl

from backend.notices.addresses import may_connect
from backend.notices.encryption import encrypt
from backend.notices.outcomes import Answer
from backend.notices.vault import Subscription

CONNECT_SECONDS = 5
WHOLE_SECONDS = 15
LONGEST_ANSWER = 4_096
UPLOAD_BUFFER = 16_384  # bytes, the least that libcurl takes; it makes and clears one for each message
CONNECTIONS = 2  # to one service, for one lane
# Where each carries one message at a time (HTTP/1.1): one that hangs must leave room for the others.
CONNECTIONS_OF_ONE = 6
MOST_KNOWN = 256  # a stranger can invent hosts of a datacentre


@dataclass(frozen=True)
class Envelope:
    """What messages to many share: `body` is what each browser will read, `ttl` in seconds (RFC 8030, 5.2)."""

    body: bytes
    ttl: int
    urgency: str
    topic: str


@dataclass(frozen=True)
class Message:
    """One push."""

    subscription: Subscription
    authorization: str
    envelope: Envelope


class Sender:
    """Sends to one push service at a time; its connections stay open from one call to the next. Not for two threads."""

    def __init__(self, extra: bool) -> None:
        self._extra = extra
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._idle: list[Any] = []
        # Whether it speaks HTTP/2, by service; as it last answered.
        self._multiplexes: dict[str, bool] = {}
        self._asked = False  # in this call

    def send(
        self, origin: str, messages: Iterable[Message], heard: Callable[[int, Answer], None], width: Callable[[], int]
    ) -> int:
        """Send in order to `origin`, at most `width()` at once; `heard(position, answer)` for each. Stops taking
        messages when the width is 0; returns how many were taken."""
        waiting = iter(messages)
        under_way = taken = 0
        exhausted = False
        self._asked = False
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, self._connections(origin))
        while True:
            while not exhausted and under_way < self._at_most(origin, width()):
                message = next(waiting, None)
                if message is None:
                    exhausted = True
                    break
                self._multi.add_handle(self._prepared(message, taken, self._multiplexes.get(origin, False)))
                under_way, taken = under_way + 1, taken + 1
            if not under_way:
                return taken
            self._multi.perform()
            done = self._finished(origin, heard)
            under_way -= done
            if not done:
                self._multi.select(1.0)

    def _at_most(self, origin: str, width: int) -> int:
        """How many of `width` can leave at once. While nobody knows what the service speaks: as many as are right both
        ways."""
        return width if self._multiplexes.get(origin) else min(width, self._connections(origin))

    def _connections(self, origin: str) -> int:
        return CONNECTIONS_OF_ONE if self._multiplexes.get(origin) is False else CONNECTIONS

    def _learn(self, origin: str, version: int) -> None:
        """`version`: curl's number for what the answer came by; 0 where there was none. Once a call is enough."""
        if not version:
            return
        self._asked = True
        if origin not in self._multiplexes and len(self._multiplexes) >= MOST_KNOWN:
            self._multiplexes.clear()
        self._multiplexes[origin] = version >= pycurl.CURL_HTTP_VERSION_2_0
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, self._connections(origin))

    def _finished(self, origin: str, heard: Callable[[int, Answer], None]) -> int:
        count = 0
        while True:
            left, good, bad = self._multi.info_read()
            for handle in [*good, *(entry[0] for entry in bad)]:
                # A status that came before the link broke is an answer: the message was taken, or refused.
                status = handle.getinfo(pycurl.RESPONSE_CODE)
                if not self._asked:
                    self._learn(origin, handle.getinfo(pycurl.INFO_HTTP_VERSION))
                self._multi.remove_handle(handle)
                self._idle.append(handle)
                heard(handle.position, Answer(status, handle.getinfo(pycurl.RETRY_AFTER)))
                count += 1
            if not left:
                return count

    def _prepared(self, message: Message, position: int, multiplexes: bool) -> Any:
        handle = self._idle.pop() if self._idle else self._new_handle()
        body = encrypt(message.subscription.p256dh, message.subscription.auth, message.envelope.body)
        handle.position = position
        handle.received = 0
        handle.setopt(pycurl.URL, message.subscription.endpoint)
        handle.setopt(pycurl.POSTFIELDS, body)
        told = (message.authorization, message.envelope)
        if handle.told != told:  # messages of one notice share them
            handle.setopt(pycurl.HTTPHEADER, [*_SAME_HEADERS, *_own_headers(message)])
            handle.told = told
        if handle.waits != multiplexes:
            # Another connection costs more than to wait for one that is being opened, if that takes them all.
            handle.setopt(pycurl.PIPEWAIT, int(multiplexes))
            handle.waits = multiplexes
        return handle

    def _new_handle(self) -> Any:
        handle = _Handle()
        handle.told = None
        handle.waits = False
        handle.setopt(pycurl.POST, 1)
        handle.setopt(pycurl.FOLLOWLOCATION, 0)
        handle.setopt(pycurl.PROXY, "")
        handle.setopt(pycurl.NOPROXY, "*")
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        handle.setopt(pycurl.CONNECTTIMEOUT, CONNECT_SECONDS)
        handle.setopt(pycurl.TIMEOUT, WHOLE_SECONDS)
        handle.setopt(pycurl.UPLOAD_BUFFERSIZE, UPLOAD_BUFFER)
        handle.setopt(pycurl.OPENSOCKETFUNCTION, partial(_open_socket, self._extra))
        handle.setopt(pycurl.WRITEFUNCTION, partial(_bounded, handle))
        if authority := os.environ.get("SSL_CERT_FILE"):
            handle.setopt(pycurl.CAINFO, authority)
        return handle


# The last three keep curl from adding its own.
_SAME_HEADERS = (
    "Content-Type: application/octet-stream",
    "Content-Encoding: aes128gcm",
    "Expect:",
    "Accept:",
    "User-Agent:",
)


def _own_headers(message: Message) -> list[str]:
    return [
        f"Authorization: {message.authorization}",
        f"TTL: {message.envelope.ttl}",
        f"Urgency: {message.envelope.urgency}",
        f"Topic: {message.envelope.topic}",
    ]


class _Handle(pycurl.Curl):  # type: ignore[misc] # it has no types
    """A transfer, with what is known of it."""

    position: int
    received: int
    told: tuple[str, Envelope] | None  # what its headers say
    waits: bool


def _open_socket(extra: bool, purpose: int, address: Any) -> Any:
    if purpose != pycurl.SOCKTYPE_IPCXN or not _is_allowed(address.addr, extra):
        return pycurl.SOCKET_BAD
    return socket.socket(address.family, address.socktype, address.protocol)


def _is_allowed(addr: Any, extra: bool) -> bool:
    host = addr[0] if isinstance(addr, tuple) else addr
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return "%" not in text and may_connect(text, extra)


def _bounded(handle: _Handle, data: bytes) -> int | None:
    handle.received += len(data)
    return None if handle.received <= LONGEST_ANSWER else -1
