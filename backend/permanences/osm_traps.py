"""What libraries read each in its own way: refused with its reason before any reading (reliability_security.md §8)."""

from __future__ import annotations

import re

from backend.records import RefusedError

LONGEST_IMPORT = 2_000


class OsmRefusedError(RefusedError):
    """Why a value is refused and what to write instead, in French."""


# Looked for in this order, outside comments; the first found is told.
TRAPS: tuple[tuple[str, str], ...] = (
    (r"\|\|", "« || » donne des heures de secours, que chaque logiciel lit autrement : gardez des règles sûres"),
    (r"[\u2010-\u2015\u2212]", "tiret long : écrivez le trait d’union « - »"),
    (r"[^\x20-\x7e]", "caractère inattendu : en dehors des commentaires, seules les lettres sans accent sont lues"),
    (r"  ", "deux espaces de suite : n’en laissez qu’une"),
    (r"\d[hH]\d?", "heures à la française : écrivez 09:00-12:00"),
    (r"(?i)\b(sunrise|sunset|dawn|dusk)\b", "les heures du soleil changent chaque jour : écrivez des heures"),
    (r"(?i)\beaster\b", "« easter » n’est pas lu : les jours fériés se disent « PH »"),
    (r"[+-]\s?\d+ days?\b", "un décalage en jours n’est pas lu : écrivez les dates"),
    (r"\d\+|\+\d|\+", "« + » laisse la fin ouverte : écrivez l’heure de fin"),
    (r"\b7/7", "écrivez « 24/7 », ou « Mo-Su 09:00-12:00 » pour tous les jours"),
    (r"24/7", "« 24/7 » s’écrit seul, ou en premier avant des dates"),
    (r"\d/\d", "« / » saute des jours ou des semaines : écrivez les dates une à une dans l’éditeur"),
    (r"\bSH\b", "« SH » : chaque logiciel a ses propres vacances scolaires. Réglez-les dans l’éditeur"),
    (r"(?i)\bweek\b", "les numéros de semaine ne sont pas lus : écrivez des dates"),
    (r"\[", "« [ ] » choisit certains jours du mois : écrivez les dates une à une"),
    (r",\s", "une espace après la virgule commence une autre règle : écrivez « Mo,Tu 09:00-12:00 »"),
    (r"\s,", "une espace avant la virgule : retirez-la"),
    (r"\s?-\s|\s-", "une espace autour du tiret : écrivez 09:00-12:00"),
    (r"(^|;)\s*#*\s*(;|$)", "une règle est vide : retirez le point-virgule de trop"),
    (r"(^|;)\s*@", "un commentaire seul ne dit pas d’heures : mettez-le dans la note"),
    (r"@[^;]*@", "un seul commentaire par règle"),
    (r"(?i)(\b|\d)(am|pm)\b", "heures anglaises : écrivez 14:00 et non 2 pm"),
    (r"\d{4}-\d{2}-\d{2}", "une date s’écrit ici 2026 Dec 24"),
    (r"[A-Z][a-z]{2} \d{1,2}-\d{1,2}(?![\d:])", "écrivez les deux dates en entier : 2026 Dec 24-2026 Dec 26"),
    (r"(?<![\d:.])\d{1,2}-\d{1,2}(?![\d:.])", "heures sans minutes : écrivez 09:00-12:00"),
    (r"(?<!\d)\d:\d\d", "heure à un seul chiffre : écrivez 09:00"),
)


def refuse_traps(text: str) -> None:
    """Raises OsmRefusedError for a value that is empty, too long, or holds a known trap."""
    if not text.strip():
        raise OsmRefusedError("rien n’est écrit")
    if len(text) > LONGEST_IMPORT:
        raise OsmRefusedError(f"{len(text)} caractères, {LONGEST_IMPORT} au plus")
    if text.count('"') % 2:
        raise OsmRefusedError("un guillemet n’est pas fermé")
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in text.strip()):
        raise OsmRefusedError("caractère inattendu : ni saut de ligne, ni tabulation, ni caractère de contrôle")
    if ";" in "".join(re.findall(r'"[^"]*"', text)):
        raise OsmRefusedError("point-virgule dans un commentaire : retirez-le")
    # Each comment becomes one sign, so that its words are not taken for rules.
    bare = re.sub(r'"[^"]*"', "@", text.strip().removesuffix(";"))
    for pattern, why in TRAPS:
        found = re.search(pattern, bare)
        if found:
            shown = found[0].strip().replace("@", "commentaire")
            raise OsmRefusedError(f"« {shown} » : {why}" if shown and shown not in why else why)
