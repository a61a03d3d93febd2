"""/sw.js: our worker files joined in order into one classic script, with what it must know at install.

Nothing in it depends on content: an editor's change refreshes pages without a new worker.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from backend.offline.assets import CSS, minified_css, minified_script
from backend.offline.emergency import LINES
from backend.offline.manifest import HTML
from backend.offline.places import FRONTEND, SERVICE_WORKER
from backend.offline.signing import Jwk
from backend.offline.templates import environment
from backend.web.headers import SECURITY_HEADERS

PARTS = ("routes.js", "caches.js", "sync.js", "push.js", "main.js")
OFFLINE_URL = "/hors-ligne/"
EXIT_URL = "/sortie/"
STYLE_URL = "/coquille.css"
# Browsers read the first from the network alone; the second says what the content policy says already.
NETWORK_ALONE = ("Strict-Transport-Security", "X-Frame-Options")


@dataclass(frozen=True)
class ShellFile:
    body: str
    type: str


def shell() -> dict[str, ShellFile]:
    """What the worker carries inside itself: shown even when the phone has wiped everything else."""
    style = (FRONTEND / "static" / "coquille.css").read_bytes()
    return {
        OFFLINE_URL: ShellFile(_page("shell_offline.html", lines=LINES), HTML),
        EXIT_URL: ShellFile(_page("shell_exit.html"), HTML),
        STYLE_URL: ShellFile(minified_css(style).decode(), CSS),
    }


def _page(name: str, **values: object) -> str:
    """On one line: no sentence of these pages goes over two."""
    return environment().get_template(name).render(**values).replace("\n", "")


def worker_script(keys: list[Jwk], shell_files: dict[str, ShellFile]) -> bytes:
    """The whole of /sw.js; it changes with the code or the keys, never with a publication."""
    constants = {
        "KEYS": {key["kid"]: {name: key[name] for name in ("kty", "crv", "x", "y")} for key in keys},
        "HEADERS": {name: value for name, value in SECURITY_HEADERS.items() if name not in NETWORK_ALONE},
        "OFFLINE": OFFLINE_URL,
        "SHELL": {url: [file.body, file.type] for url, file in shell_files.items()},
    }
    head = "".join(
        f"const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in constants.items()
    )
    parts = [(SERVICE_WORKER / part).read_text() for part in PARTS]
    return minified_script(('"use strict";\n' + head + "\n".join(parts)).encode())
