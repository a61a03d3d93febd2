"""Install variants: neutral names and icons, each fixed for ever once issued.

A browser asks its user before it changes an installed name or icon, and shows both side by side
(Chrome 144): changing an issued variant would unmask it. A test holds the digest of each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from backend.offline.pages import VariantView
from backend.offline.places import FRONTEND


@dataclass(frozen=True)
class Variant:
    id: str
    name: str


VARIANTS = (
    Variant("appui", "Appui"),
    Variant("carnet", "Carnet"),
    Variant("lecture", "Lecture"),
    Variant("jardin", "Jardin"),
)
ICONS = ("icone.svg", "icone-180.png", "icone-192.png", "icone-512.png", "icone-512-plein.png")
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def view(variant: Variant) -> VariantView:
    base = f"/i/{variant.id}/"
    return VariantView(
        id=variant.id,
        name=variant.name,
        href=base,
        manifest=f"{base}manifest.webmanifest",
        icon=f"{base}icone.svg",
        touch_icon=f"{base}icone-180.png",
    )


def web_manifest(variant: Variant) -> bytes:
    """https://www.w3.org/TR/appmanifest/ — no description, shortcuts, screenshots or badge: nothing telling."""
    base = f"/i/{variant.id}/"
    return json.dumps(
        {
            "id": base,
            "name": variant.name,
            "short_name": variant.name,
            "lang": "fr",
            "dir": "ltr",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#faf7f2",
            "theme_color": "#faf7f2",
            "icons": [
                {"src": f"{base}icone-192.png", "sizes": "192x192", "type": "image/png"},
                {"src": f"{base}icone-512.png", "sizes": "512x512", "type": "image/png"},
                {"src": f"{base}icone-512-plein.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            ],
        },
        ensure_ascii=False,
    ).encode()


def drawings() -> dict[str, tuple[bytes, str]]:
    """The icons as drawings, small enough to be kept with the pages that show them."""
    return {url: file for url, file in variant_files().items() if url.endswith(".svg")}


def variant_files() -> dict[str, tuple[bytes, str]]:
    """Address → (bytes, media type) of everything a variant is made of, apart from its page."""
    files: dict[str, tuple[bytes, str]] = {}
    for variant in VARIANTS:
        base = f"/i/{variant.id}/"
        files[f"{base}manifest.webmanifest"] = (web_manifest(variant), "application/manifest+json")
        for icon in ICONS:
            body = (FRONTEND / "static" / "variants" / variant.id / icon).read_bytes()
            files[base + icon] = (body, _TYPES[icon.rpartition(".")[2]])
    return files
