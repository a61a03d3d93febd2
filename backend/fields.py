"""Values that several kinds of content are made of, and what makes each of them good."""

from __future__ import annotations

import re

from backend.records import Record

CONFIDENCES = ("high", "medium", "low")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
# French numbers as dialled: short codes, ten digits, or +33 with nine.
PHONE = re.compile(r"1\d|11[2-9]|116\d{3}|3\d{3}|0[1-9]\d{8}|\+33[1-9]\d{8}", re.ASCII)
EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[a-z]{2,}")


def read_id(record: Record) -> str:
    value = record.text("id", 60)
    record.check("id", value, lambda text: bool(ID.fullmatch(text)), "minuscules, chiffres et tirets seulement")
    return value


def is_phone(text: str) -> bool:
    return bool(PHONE.fullmatch(text))


def is_email(text: str) -> bool:
    return bool(EMAIL.fullmatch(text))


def is_web_address(text: str) -> bool:
    """http(s) with a plain host: nothing that a browser would run or that hides where it goes."""
    return bool(re.fullmatch(r"https?://[A-Za-z0-9.-]+\.[a-z]{2,}(/[^\s<>\"'\\@]*)?", text))


def is_partial_date(text: str) -> bool:
    return bool(PARTIAL_DATE.fullmatch(text))


def read_web_address(record: Record, key: str) -> str | None:
    value = record.optional_text(key, 500)
    record.check(key, value, is_web_address, "une adresse https://… est attendue")
    return value


def read_partial_date(record: Record, key: str) -> str | None:
    """A day, a month or a year: sources are not all dated to the day."""
    value = record.optional_text(key)
    record.check(key, value, is_partial_date, "une date est attendue : 2026-11-22, 2026-11 ou 2026")
    return value
