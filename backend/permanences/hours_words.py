"""What a reader reads about a contact at a given minute, from the integers its phone keeps: nothing else is needed."""

from __future__ import annotations

from datetime import date, timedelta

from backend.permanences.device_hours import DeviceHours
from backend.permanences.schedule import FULL_DAY
from backend.words import NBSP, WEEKDAYS, day_words

UNKNOWN = "horaires à vérifier"
# From so many minutes before, a countdown helps more than an hour of the clock.
SOON = 30
WEEK = 7 * FULL_DAY
NIGHT_ENDS = 6 * 60


def standing(hours: DeviceHours | None, minute: int) -> tuple[str, int | None, int | None]:
    """State, until, next, as `opening.state_at` gives them, in UTC minutes; « unknown » out of the weeks compiled."""
    if hours is None or not hours.compiled.begins <= minute < hours.compiled.ends:
        return "unknown", None, None
    starts = [start for start, _ in hours.compiled.intervals] + [hours.compiled.after]
    for index, (start, length) in enumerate(hours.compiled.intervals):
        if minute < start:
            return "closed", start, start
        if minute < start + length:
            forever = hours.compiled.endless and index == len(hours.compiled.intervals) - 1
            return hours.compiled.state, None if forever else start + length, starts[index + 1]
    return "closed", hours.compiled.after, hours.compiled.after


def sentence(hours: DeviceHours | None, minute: int) -> str:
    """« ouvert, ferme à 17 h », « fermé, rouvre lundi à 9 h », « fermé aujourd’hui (jour férié), rouvre… »."""
    state, until, _ = standing(hours, minute)
    if hours is None or state == "unknown":
        return UNKNOWN
    words = _closed(hours, minute, until) if state == "closed" else _open(hours, minute, state, until)
    return f"{words} (hors vacances scolaires)" if _is_unsure(hours, minute, until, state) else words


def _open(hours: DeviceHours, minute: int, state: str, until: int | None) -> str:
    appointment = state == "appointment"
    if until is None or until - minute > WEEK:
        return f"sur rendez-vous, 24{NBSP}h/24" if appointment else f"ouvert 24{NBSP}h/24"
    when = moment_words(hours.wall(minute), hours.wall(until), until - minute, ends=True)
    if appointment:
        return f"sur rendez-vous, {_until(when)}"
    return f"ouvert, ferme {when}"


def _until(when: str) -> str:
    """« dans 10 minutes » as « encore 10 minutes », « le 4 janvier à 9 h » as « jusqu’au 4 janvier à 9 h »."""
    if when.startswith("dans "):
        return f"encore {when.removeprefix('dans ')}"
    if when.startswith("le "):
        return f"jusqu’au {when.removeprefix('le ')}"
    return f"jusqu’{when}" if when.startswith("à ") else f"jusqu’à {when}"


def _closed(hours: DeviceHours, minute: int, until: int | None) -> str:
    today = hours.wall(minute) // FULL_DAY
    reason = next((words for first, last, words in hours.compiled.closed if first <= today <= last), None)
    shut = f"fermé aujourd’hui ({reason})" if reason else "fermé"
    if until is None:
        return shut
    verb = "sur rendez-vous" if hours.compiled.state == "appointment" else "rouvre"
    return f"{shut}, {verb} {moment_words(hours.wall(minute), hours.wall(until), until - minute, ends=False)}"


def _is_unsure(hours: DeviceHours, minute: int, until: int | None, state: str) -> bool:
    """Today, or the day of the opening promised, may turn out to be a school holiday."""
    named = [minute] if until is None or state != "closed" else [minute, until]
    days = [hours.wall(moment) // FULL_DAY for moment in named]
    return any(first <= day <= last for first, last in hours.compiled.unsure for day in days)


def moment_words(now: int, then: int, remaining: int, ends: bool) -> str:
    """« dans 10 minutes », « à 17 h », « demain à 9 h », « lundi à 9 h », « le 4 janvier à 9 h ».

    `now` and `then` are wall-clock minutes in Paris, `remaining` real minutes between them. What `ends` at midnight
    ends on the day that is over; what begins then begins at 0 h.
    """
    if remaining <= SOON:
        return f"dans {remaining}{NBSP}minute{'s' if remaining > 1 else ''}"
    at_midnight = ends and then % FULL_DAY == 0
    day, today = (then - 1 if at_midnight else then) // FULL_DAY, now // FULL_DAY
    clock = "à minuit" if at_midnight else f"à {hour_words(then % FULL_DAY)}"
    if day == today:
        return clock
    if day == today + 1:
        night = then % FULL_DAY <= NIGHT_ENDS and not at_midnight and now % FULL_DAY >= FULL_DAY // 2
        return f"{'cette nuit' if night else 'demain'} {clock}"
    if day - today < 7:
        # 1 January 1970 was a Thursday.
        return f"{WEEKDAYS[(day + 3) % 7]} {clock}"
    return f"le {_date_words(day, today)} {clock}"


def _date_words(day: int, today: int) -> str:
    """4 janvier; with its year once it could be taken for another."""
    found = date(1970, 1, 1) + timedelta(day)
    return day_words(found) if day - today > 300 else day_words(found).removesuffix(f" {found.year}")


def hour_words(minute: int) -> str:
    """540 as « 9 h », 1050 as « 17 h 30 »."""
    rest = f"{NBSP}{minute % 60:02d}" if minute % 60 else ""
    return f"{minute // 60}{NBSP}h{rest}"
