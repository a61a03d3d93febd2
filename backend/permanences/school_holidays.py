"""School holidays as dated data: who published them, and until when they are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SchoolBreak:
    name: str
    first: date
    last: date  # the eve of the return to class


@dataclass(frozen=True)
class SchoolCalendar:
    """Outside `known_from`–`known_until` nobody here knows whether a day is a school holiday."""

    zone: str
    source: str
    known_from: date
    known_until: date
    breaks: tuple[SchoolBreak, ...]

    def is_holiday(self, day: date) -> bool:
        """True on a day known to be a school holiday; an unknown day counts as an ordinary one."""
        return any(found.first <= day <= found.last for found in self.breaks)

    def knows(self, day: date) -> bool:
        return self.known_from <= day <= self.known_until


# facts.md E1 and E2: Val-d'Oise is in zone C. Spring and summer 2026, and 2026-2027 (E3), were not found:
# read them on https://www.education.gouv.fr/calendrier-scolaire-100148 and add them here, then move `known_until`.
ZONE_C = SchoolCalendar(
    zone="C",
    source="https://www.professeurs-des-ecoles.com/?p=22945",
    known_from=date(2025, 9, 1),
    known_until=date(2026, 3, 9),
    breaks=(
        SchoolBreak("vacances de la Toussaint", date(2025, 10, 18), date(2025, 11, 2)),
        SchoolBreak("vacances de Noël", date(2025, 12, 20), date(2026, 1, 4)),
        SchoolBreak("vacances d’hiver", date(2026, 2, 21), date(2026, 3, 8)),
    ),
)


def expiry_warning(calendar: SchoolCalendar, day: date, ahead_days: int = 90) -> str | None:
    """What to tell the operator when the dates run out within `ahead_days` of `day`, or have run out."""
    left = (calendar.known_until - day).days
    if left >= ahead_days:
        return None
    when = "sont connues jusqu’au" if left >= 0 else "ne sont plus connues depuis le"
    return (
        f"Les vacances scolaires de la zone {calendar.zone} {when} {calendar.known_until.isoformat()}. "
        "Lisez les nouvelles dates sur https://www.education.gouv.fr/calendrier-scolaire-100148"
    )
