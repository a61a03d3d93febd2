"""Sources of facts, and what became of each claim of the 2020 notice."""

from __future__ import annotations

from dataclasses import dataclass

from backend.fields import CONFIDENCES, read_id, read_partial_date, read_web_address
from backend.guidance.advice import check_advice
from backend.records import Record

VERDICTS = ("still_true", "corrected", "outdated")


@dataclass(frozen=True)
class Source:
    """Where a fact comes from; `date` is a day, a month or a year, as the source gives it."""

    id: str
    title: str
    url: str | None
    date: str | None
    confidence: str
    says: str


@dataclass(frozen=True)
class Claim:
    """One claim of the notice of 21/04/2020, and what is true of it today (Markdown)."""

    id: str
    said: str
    verdict: str
    today: str


def read_source(record: Record) -> Source:
    source = Source(
        id=read_id(record),
        title=record.text("title", 200),
        url=read_web_address(record, "url"),
        date=read_partial_date(record, "date"),
        confidence=record.choice("confidence", CONFIDENCES),
        says=record.text("says", 500),
    )
    record.finish()
    return source


def read_claim(record: Record) -> Claim:
    claim = Claim(
        id=record.text("id", 10),
        said=record.text("said", 500),
        verdict=record.choice("verdict", VERDICTS),
        today=record.text("today", 1500),
    )
    check_advice(claim.today, 0, record)
    record.finish()
    return claim
