"""Starting and ending a headless Firefox: its profile, its silence, its process group."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

COMMAND = "firefox-esr --marionette --remote-allow-system-access --no-remote --headless --profile"
START_SECONDS = 60.0
QUIT_SECONDS = 20.0

# Firefox's own guard: it crashes rather than open a socket that is not on loopback.
GUARD = {"MOZ_DISABLE_NONLOCAL_CONNECTIONS": "1", "MOZ_CRASHREPORTER_DISABLE": "1"}

# Marionette adds a longer list of its own, but only once Firefox is up.
DEFAULTS: Mapping[str, object] = {
    "marionette.port": 0,  # any free one, so that two browsers never fight over it
    # Whatever would call outside meets a closed port; loopback never goes through a proxy.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.failover_direct": False,  # else Firefox then tries by itself, and asks the DNS
    "services.settings.server": "data:,#remote-settings-dummy/v1",  # heeded because of GUARD
    "media.gmp-manager.updateEnabled": False,
    "network.disable-localhost-when-offline": True,  # else our own server is never "offline"
    "network.manage-offline-status": False,  # a machine without a network is not "offline"
    "toolkit.startup.max_resumed_crashes": -1,  # a killed browser must not return in safe mode
}


class FirefoxProcess:
    """A running Firefox and all its children."""

    def __init__(self, profile: Path, preferences: Mapping[str, object]) -> None:
        self._port_file = profile / "MarionetteActivePort"
        self._log = profile / "firefox.log"
        profile.mkdir(parents=True, exist_ok=True)
        self._port_file.unlink(missing_ok=True)  # left by a killed one, it names a dead port
        (profile / "user.js").write_text(user_js(preferences))
        # Neither the developer's own settings nor the desktop's proxies, screens and buses.
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*COMMAND.split(), str(profile)],
                env={**kept, **GUARD, "HOME": str(profile)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, so that kill() reaches every child
            )

    def wait_for_port(self) -> int:
        """Where Marionette listens, once it does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(FileNotFoundError, ValueError):  # not there yet, or still empty
                return int(self._port_file.read_text())
            time.sleep(0.05)
        raise RuntimeError(f"Firefox did not start:\n{self._log.read_text(errors='replace')}")

    def wait(self) -> None:
        """Give it time to write its databases; whoever needs them asked it to quit before."""
        self._process.wait(QUIT_SECONDS)

    def kill(self) -> None:
        """End whatever still runs, and leave no zombie behind."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def user_js(preferences: Mapping[str, object]) -> str:
    for name, value in preferences.items():
        if not isinstance(value, bool | int | str):  # one wrong line, and Firefox skips the rest
            raise TypeError(f"{name}: a preference is true or false, a whole number or a text")
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
    return "".join(lines)
