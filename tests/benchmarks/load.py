"""A process that asks for one address over kept connections and prints how many answers it got.

wrk where it is installed, or else this small client: `python -m tests.benchmarks.load URL SECONDS`. Both send the
header fields of a phone's Chromium.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import time
from urllib.parse import urlsplit

CONNECTIONS = 8
HEADERS = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "fr-FR,fr;q=0.9",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Upgrade-Insecure-Requests": "1",
}


def answers(url: str, seconds: float) -> int:
    """Number of answers of `url` got in so many seconds, by a process of its own."""
    if wrk := shutil.which("wrk"):
        fields = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", *fields, url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = re.search(r"(\d+) requests in", said)
        if found is None or "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(f"wrk: {said}")
        return int(found[1])
    command = [sys.executable, "-m", "tests.benchmarks.load", url, str(seconds)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def one_connection(host: str, port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    count = 0
    while time.monotonic() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise RuntimeError(f"unexpected answer: {head!r}")
        await reader.readexactly(int(length[1]))
        count += 1
    writer.close()
    return count


async def main(url: str, seconds: float) -> int:
    place = urlsplit(url)
    host, port = place.hostname or "127.0.0.1", place.port or 80
    lines = [f"GET {place.path or '/'} HTTP/1.1", f"Host: {host}:{port}", *(f"{n}: {v}" for n, v in HEADERS.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    until = time.monotonic() + seconds
    return sum(await asyncio.gather(*(one_connection(host, port, request, until) for _ in range(CONNECTIONS))))


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], float(sys.argv[2]))))
