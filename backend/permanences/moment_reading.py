"""A moment as programs write it (RFC 3339), or a sentence saying what to mend."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from backend.permanences.paris_time import utc_minute

# A sign of the offset that came as a blank was a « + » that nobody encoded (RFC 3339 §5.6, application/x-www-form).
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.\d+)?(?:([Zz])|([-+ ])(\d\d):(\d\d))", re.ASCII)
LONGEST = 64
EXPECTED = "écrivez un moment avec son décalage : 2026-11-23T10:00:00+01:00 ou 2026-11-23T09:00:00Z"


def read_moment(text: str) -> datetime:
    """A moment from 1970 to 9998, to the second. Raises ValueError, in French, for all else.

    A leap second (…:59:60 in UTC) is taken as the second after it.
    """
    found = MOMENT.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError(f"« at » ne se lit pas : {EXPECTED}")
    day, clock, seconds, utc, sign, hours, minutes = found.groups()
    if not utc and (int(hours) > 23 or int(minutes) > 59):
        raise ValueError(f"« at » : le décalage n’existe pas ; {EXPECTED}")
    ahead = timedelta() if utc else timedelta(hours=int(hours), minutes=int(minutes))
    leap = seconds == "60"
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}:{'59' if leap else seconds}")
    except ValueError as error:
        raise ValueError("« at » : ce jour ou cette heure n’existe pas") from error
    moment = wall.replace(tzinfo=timezone(-ahead if sign == "-" else ahead))
    utc_minute(moment)  # refuses what is out of the calendar, before sums that would leave it
    moment = moment.astimezone(UTC)
    if leap and (moment.hour, moment.minute) != (23, 59):
        raise ValueError("« at » : une minute n’a soixante et une secondes qu’à 23:59 en temps universel")
    return moment + timedelta(seconds=1) if leap else moment
