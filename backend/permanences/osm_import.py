"""An opening_hours value made into a schedule, when it says exactly one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.permanences.osm_reading import OsmRule, read_rules
from backend.permanences.osm_traps import OsmRefusedError
from backend.permanences.schedule import AS_USUAL, CLOSED, DatedException, Schedule, Season, Slots, Week
from backend.permanences.slot_reading import overlap
from backend.words import WEEKDAYS

STAGES = ("semaine", "saisons", "jours fériés", "exceptions")
NO_HOLIDAYS = "Rien n’est dit des jours fériés : à la lettre, ils sont comme les autres jours. Vérifiez-le."


@dataclass(frozen=True)
class OsmReading:
    """`remarks`: what a person must confirm before this is saved."""

    schedule: Schedule
    remarks: tuple[str, ...]


def schedule_from_osm(text: str) -> OsmReading:
    """The schedule a value describes. Raises OsmRefusedError, in French, for all that could be read otherwise."""
    if text.strip().removesuffix(";") in ("off", "closed"):
        return OsmReading(Schedule(), ())
    always, rest = _after_always(text)
    rules = read_rules(rest) if rest or not always else []
    by_stage = _by_stage(rules, always)
    usual, seasons, holidays, exceptions = by_stage
    told = [rule for rule in rules if rule.slots]
    if told and len({rule.appointment for rule in told}) > 1:
        raise OsmRefusedError("des heures sont sur rendez-vous et d’autres non : faites-en deux contacts")
    found = _exceptions(exceptions)
    if always:
        if any(rule.appointment for rule in told):
            raise OsmRefusedError("« 24/7 » ne va pas avec le rendez-vous")
        return OsmReading(Schedule(always=True, exceptions=found), ())
    policy = _public_holidays(usual, seasons, holidays)
    schedule = Schedule(
        weekly=_week([rule for rule in usual if rule.days], "la semaine"),
        seasons=_seasons(seasons),
        exceptions=found,
        public_holidays=AS_USUAL if policy is None else policy,
        by_appointment=any(rule.appointment for rule in told),
    )
    return OsmReading(schedule, (NO_HOLIDAYS,) if policy is None else ())


def _after_always(text: str) -> tuple[bool, str]:
    first, _, rest = text.strip().removesuffix(";").partition(";")
    return (True, rest) if first.strip() == "24/7" else (False, text)


def _by_stage(rules: Sequence[OsmRule], always: bool) -> list[list[OsmRule]]:
    """Rules by kind. The last rule that names a day decides it: another order would mean other hours."""
    stages: list[list[OsmRule]] = [[], [], [], []]
    reached = 0
    for rule in rules:
        stage = _stage(rule)
        if stage < reached:
            raise OsmRefusedError(f"« {rule.text} » vient trop tard : écrivez dans l’ordre {', '.join(STAGES)}")
        if always and stage != 3:
            raise OsmRefusedError(f"« {rule.text} » ne va pas avec « 24/7 » : seules des dates peuvent suivre")
        reached = stage
        stages[stage].append(rule)
    return stages


def _stage(rule: OsmRule) -> int:
    if rule.comment and not (rule.dates and not rule.days):
        raise OsmRefusedError(f"« {rule.text} » : un commentaire n’est accepté qu’après des dates")
    if rule.dates:
        if rule.holidays:
            raise OsmRefusedError(f"« {rule.text} » : des jours fériés de certaines dates seulement, ce n’est pas lu")
        return 1 if rule.days else 3
    if not rule.days and not rule.holidays:
        raise OsmRefusedError(f"« {rule.text} » : dites quels jours, par exemple « Mo-Su {rule.text} »")
    return 0 if rule.days else 2


def _week(rules: Sequence[OsmRule], where: str) -> Week:
    week: list[Slots | None] = [None] * 7
    for rule in rules:
        for day in rule.days:
            if week[day] is not None and rule.slots:
                raise OsmRefusedError(
                    f"{WEEKDAYS[day]} est écrit deux fois dans {where} : la seconde règle effacerait la première. "
                    "Mettez ses heures ensemble : 09:00-12:00,14:00-17:00"
                )
            week[day] = rule.slots
    found = [slots or () for slots in week]
    return (found[0], found[1], found[2], found[3], found[4], found[5], found[6])


def _seasons(rules: Sequence[OsmRule]) -> tuple[Season, ...]:
    dates = list(dict.fromkeys(rule.dates for rule in rules if rule.dates))
    _refuse_overlap(dates, "saisons")
    return tuple(_season(first, last, [rule for rule in rules if rule.dates == (first, last)]) for first, last in dates)


def _season(first: date, last: date, rules: list[OsmRule]) -> Season:
    where = f"la saison du {first} au {last}"
    missing = set(range(7)) - {day for rule in rules for day in rule.days}
    if missing:
        raise OsmRefusedError(
            f"{where} ne dit rien de {WEEKDAYS[min(missing)]}, qui garderait ses heures habituelles : "
            "écrivez tous les jours, « off » pour les jours fermés"
        )
    return Season(first, last, _week(rules, where))


def _exceptions(rules: Sequence[OsmRule]) -> tuple[DatedException, ...]:
    dates = [rule.dates for rule in rules if rule.dates]
    _refuse_overlap(dates, "exceptions")
    return tuple(DatedException(*rule.dates, rule.slots, rule.comment) for rule in rules if rule.dates)


def _refuse_overlap(dates: Sequence[tuple[date, date]], kind: str) -> None:
    shared = overlap(dates)
    if shared:
        raise OsmRefusedError(f"deux {kind} se chevauchent du {shared[0]} au {shared[1]}")


def _public_holidays(
    usual: Sequence[OsmRule], seasons: Sequence[OsmRule], alone: Sequence[OsmRule]
) -> str | Slots | None:
    """The policy written, or None when nothing is said."""
    told = [rule for rule in (*usual, *alone) if rule.holidays]
    if len(told) > 1:
        raise OsmRefusedError("les jours fériés (PH) sont écrits deux fois")
    if not told:
        return None
    rule = told[0]
    if rule.slots and _week(usual, "la semaine") == (rule.slots,) * 7:
        return AS_USUAL
    if rule.days and seasons:
        raise OsmRefusedError(f"« {rule.text} » : avec des saisons, écrivez « PH » seul, après elles")
    return rule.slots or CLOSED
