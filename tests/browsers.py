"""Puts the test browsers on the machine where it may: Debian's Chromium and Firefox, through apt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

WANTED = {"chromium": "chromium", "firefox-esr": "firefox-esr", "nginx": "nginx-light", "wrk": "wrk"}
# nginx and wrk serve a benchmark; the tests need the browsers alone.
NEEDED = ("chromium", "firefox-esr")


def main() -> int:
    missing = [command for command in WANTED if not shutil.which(command, path=os.environ["PATH"] + ":/usr/sbin")]
    if not missing:
        return 0
    packages = [WANTED[command] for command in missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, "fonts-dejavu-core"],
            check=False,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    lacking = [command for command in NEEDED if not shutil.which(command)]
    if lacking:
        print(f"Install these browsers, then try again: {', '.join(WANTED[name] for name in lacking)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
