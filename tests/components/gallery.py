"""Every example of every component on one page, light and dark: `python -m tests.components.gallery`.

For development only: writes var/gallery/ and serves it on loopback until interrupted.
"""

from __future__ import annotations

import functools
import http.server
import sys
from html import escape
from itertools import groupby
from pathlib import Path

from backend.offline.assets import read_assets
from backend.offline.places import FRONTEND
from tests.components.examples import read_examples

FOLDER = FRONTEND.parent / "var" / "gallery"
PORT = 8001
DARK = "@media (prefers-color-scheme: dark)"
# A frame of its own for each example: bars that stick to the window stick to it instead.
SPECIMEN = "main.gallery{display:block;padding:1rem} .specimen{contain:layout;margin-block:.5rem 2rem}"


def specimens() -> str:
    parts = []
    for component, examples in groupby(read_examples(), key=lambda example: example.component):
        parts.append(f"<h2>{escape(component)}</h2>")
        for example in examples:
            html = example.render()
            # Items of a list need their list.
            inside = f'<ul class="plain">{html}</ul>' if html.lstrip().startswith("<li") else html
            parts.append(f'<p>{escape(example.name)}</p><div class="specimen">{inside}</div>')
    return "\n".join(parts)


def page(theme: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="fr" dir="ltr"><head><meta charset="utf-8"><title>{theme}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{theme}.css"></head>'
        f'<body><main class="gallery"><h1>{theme}</h1>{body}</main></body></html>'
    )


def write(folder: Path = FOLDER) -> Path:
    """Both themes as pages of their own, and an index that shows them side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    css, body = read_assets().css.body.decode(), specimens()
    for theme, media in (("light", "@media not all"), ("dark", "@media all")):
        (folder / f"{theme}.css").write_text(css.replace(DARK, media) + SPECIMEN)
        (folder / f"{theme}.html").write_text(page(theme, body))
    frames = "".join(f'<iframe title="{theme}" src="{theme}.html"></iframe>' for theme in ("light", "dark"))
    index = folder / "index.html"
    index.write_text(
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Gallery</title>'
        "<style>body{margin:0;display:flex}iframe{flex:1;border:0;height:100vh}</style></head>"
        f"<body>{frames}</body></html>"
    )
    return index


def main() -> None:
    index = write()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(index.parent))
    sys.stdout.write(f"{index}\nhttp://127.0.0.1:{PORT}/\n")
    with http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
