"""A contact card for a phone's address book, under a name that tells nothing."""

from __future__ import annotations

from backend.permanences.text_lines import as_text, escape

# Offered instead of the true name: an address book is easily read by others.
NEUTRAL_NAME = "Accueil"
_PROPERTIES = {
    ("3.0", "phone"): "TEL;TYPE=VOICE",
    ("3.0", "sms"): "TEL;TYPE=CELL",
    ("3.0", "email"): "EMAIL;TYPE=INTERNET",
    ("4.0", "phone"): "TEL;TYPE=voice",
    ("4.0", "sms"): "TEL;TYPE=text",
    ("4.0", "email"): "EMAIL",
}
VERSIONS = ("3.0", "4.0")


def vcard(kind: str, value: str, name: str = NEUTRAL_NAME, version: str = "3.0", note: str | None = None) -> str:
    """The text of a .vcf file (RFC 2426 or RFC 6350). Raises ValueError for another version."""
    if version not in VERSIONS:
        raise ValueError(f"vCard {version} : {' ou '.join(VERSIONS)}")
    lines = [
        "BEGIN:VCARD",
        f"VERSION:{version}",
        f"FN:{escape(name)}",
        f"N:{escape(name)};;;;",
        _value(kind, value, version),
    ]
    if note:
        lines.append(f"NOTE:{escape(note)}")
    return as_text([*lines, "END:VCARD"])


def _value(kind: str, value: str, version: str) -> str:
    if kind == "visit":
        # The whole address as the street: packs write it on one line.
        return f"ADR:;;{escape(value)};;;;"
    if kind in ("chat", "web"):
        # URLs hold neither commas to escape nor line breaks: `is_web_address` saw to it.
        return f"URL:{value}"
    return f"{_PROPERTIES[version, kind]}:{escape(value)}"
