"""Phone numbers as people copy them, « 01.30.32.72.29 », « +33 (0)1 30… », and what is wrong with the others."""

from __future__ import annotations

import re

from backend.fields import is_phone

_SPACING = re.compile(r"[\s.\-–/()\u2011]")


def read_number(text: str) -> str:
    """As it is dialled and kept: digits, with +33 where it was written so. What is no number comes back as typed."""
    bare = _SPACING.sub("", text.replace("(0)", ""))
    bare = re.sub(r"^0033", "+33", bare)
    bare = re.sub(r"^\+330(?=\d{9}$)", "+33", bare)
    return bare if is_phone(bare) else text.strip()


def number_fault(text: str) -> str | None:
    """What to mend, or nothing."""
    number = read_number(text)
    if is_phone(number):
        return None
    bare = _SPACING.sub("", text)
    if not bare:
        return "écrivez le numéro"
    if bare.startswith(("+", "00")) and not bare.startswith(("+33", "0033")):
        return "seuls les numéros français sont pris : +33, puis neuf chiffres"
    if not re.fullmatch(r"\+?[0-9]+", bare):
        return "un numéro s’écrit avec des chiffres seulement"
    count = len(bare.removeprefix("+"))
    return f"{count} chiffres : il en faut dix (01 30 32 72 29), ou un numéro court (17, 3919, 116 006)"
