"""The numbers of the shell: they live in the code, so that they show even with an empty store.

Sources and dates stand in the pack's contacts of the same id; a test keeps both in step.
"""

from __future__ import annotations

from backend.offline.pages import EmergencyLine
from backend.words import phone_words

_DAY_AND_NIGHT = "24 h/24"


def _line(number: str, label: str, hours: str, emergency: bool, scheme: str = "tel") -> EmergencyLine:
    return EmergencyLine(number, f"{scheme}:{number}", phone_words(number), label, hours, emergency)


LINES = (
    _line("17", "Police, gendarmerie", _DAY_AND_NIGHT, True),
    _line("114", "Par SMS, sans parler", _DAY_AND_NIGHT, True, "sms"),
    _line("112", "Toute urgence en Europe", _DAY_AND_NIGHT, True),
    _line("15", "Urgence médicale", _DAY_AND_NIGHT, True),
    _line("3114", "Idées de mort, pour vous ou un proche", _DAY_AND_NIGHT, False),
    _line("3018", "Violences numériques, jeunes et parents", "tous les jours, 9 h – 23 h", False),
    _line("3919", "Violences faites aux femmes", _DAY_AND_NIGHT, False),
    _line("119", "Enfance en danger", _DAY_AND_NIGHT, False),
    _line("116006", "Aide aux victimes", "tous les jours, 9 h – 19 h au moins", False),
)
