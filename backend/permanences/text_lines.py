"""Lines of calendars and contact cards: escaped, folded at 75 bytes, ended by CRLF (RFC 5545 §3.1, RFC 6350 §3.2)."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_LINE = 75


def escape(text: str) -> str:
    """A TEXT value: backslash, comma, semicolon and line break; other control characters are dropped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(character for character in text if character == "\n" or (character >= " " and character != "\x7f"))
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def fold(line: str) -> str:
    """One logical line in pieces of at most 75 bytes, never cut inside a character."""
    pieces, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > LONGEST_LINE:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += width
    return "\r\n".join(pieces)


def as_text(lines: Iterable[str]) -> str:
    return "".join(f"{fold(line)}\r\n" for line in lines)
