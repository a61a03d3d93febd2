"""Marionette, Firefox's own remote control: packets, commands and scripts.

A packet is `length:json` over TCP. A command is `[0, id, name, parameters]`, its answer
`[1, id, error, result]`. So little needs no driver from elsewhere; Playwright's cannot drive
Debian's Firefox at all.
"""

import json
import socket
from collections.abc import Sequence
from typing import Any

from tests.journeys.firefox_scripts import ASYNC_BODY

# Above every limit Firefox itself keeps (page load, script), so that its answer, which says
# what went wrong, comes before our own timeout, which only says that nothing came.
GRACE_SECONDS = 30.0

SCRIPT_SECONDS = 20.0


class MarionetteError(Exception):
    """Firefox refused a command, or a script raised. `kind` is WebDriver's error code."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Marionette:
    """One connection: commands go out one at a time and each waits for its answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=GRACE_SECONDS)
        self._incoming = self._socket.makefile("rb")
        self._last_id = 0
        try:
            self._receive()  # the greeting: {"applicationType": "gecko", "marionetteProtocol": 3}
        except BaseException:
            self.close()
            raise

    def command(self, name: str, seconds: float = 0, /, **parameters: Any) -> Any:
        """Send one command; `seconds` is how long Firefox may rightly take for it."""
        self._last_id += 1
        packet = json.dumps([0, self._last_id, name, parameters]).encode()
        self._socket.settimeout(seconds + GRACE_SECONDS)
        self._socket.sendall(b"%d:%b" % (len(packet), packet))
        while True:
            _, answered_id, error, result = self._receive()
            if answered_id == self._last_id:  # an older one was given up on, by Ctrl-C say
                break
        if error:
            raise MarionetteError(error["error"], error["message"])
        # Most results come wrapped in {"value": …}, some (window rectangles) do not.
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def run(self, script: str, args: Sequence[object] = (), seconds: float = SCRIPT_SECONDS) -> Any:
        """What `script`, the body of an async function, returns, as JSON has it."""
        self.command("WebDriver:SetTimeouts", script=max(1, round(seconds * 1000)))
        body = ASYNC_BODY % script
        answer = self.command("WebDriver:ExecuteAsyncScript", seconds, script=body, args=args)
        if answer is None:
            raise MarionetteError("page left", f"before the end of {script}")
        if "raised" in answer:
            raise MarionetteError("script raised", "\n".join(answer.values()))
        return answer.get("value")  # left out for what JSON has no word for, a function say

    def close(self) -> None:
        """Let go of the socket. Firefox keeps running: only its owner can end it."""
        self._incoming.close()
        self._socket.close()

    def _receive(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._read(1)
        return json.loads(self._read(int(size[:-1])))

    def _read(self, count: int) -> bytes:
        data = self._incoming.read(count)
        if len(data) < count:
            raise ConnectionError("Firefox closed the connection: it has ended or crashed")
        return data
