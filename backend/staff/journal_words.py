"""The journal in words: one sentence an act. What it leaves out stays in the export. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.staff.audit import CAME_BACK, FOUND_CUT, ITSELF, JOINED, JUST_LET_IN, Entry
from backend.staff.policy import ROLE_WORDS
from backend.storage.revisions import OPERATOR
from backend.words import moment_words

_DOCUMENTS = {
    "contact": "le contact",
    "organisation": "l’organisme",
    "guide": "le guide",
    "source": "la source",
    "pack": "la présentation",
}


@dataclass(frozen=True)
class Known:
    """What people and organisations are called, by their ids."""

    people: Mapping[str, str]
    organisations: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """An entry as the page tells it: who, what, when."""

    number: int
    who: str
    words: str
    moment: str


@dataclass(frozen=True)
class _Act:
    """An entry with what is needed to tell it; nothing is trusted to be there: it may have been spoilt."""

    actor: str
    subject: str
    details: Mapping[str, Any]
    known: Known = field(repr=False)

    @property
    def person(self) -> str:
        return _name(self.known, self.subject)

    @property
    def in_whose_name(self) -> str:
        return "en son propre nom" if self.subject == self.actor else f"au nom de {self.person}"

    @property
    def place(self) -> str:
        organisation = str(self.details.get("organisation") or "")
        return f" pour {self.known.organisations.get(organisation, organisation)}" if organisation else ""

    @property
    def role(self) -> str:
        role = str(self.details.get("role") or "")
        return f", rôle « {ROLE_WORDS.get(role, role)} »" if role else ""

    @property
    def document(self) -> str:
        return _document(self.subject)

    @property
    def edition(self) -> str:
        return f"l’édition {self.subject.removeprefix('edition ')}"

    def __getitem__(self, name: str) -> str:
        return str(self.details.get(name, "?"))


def line_of(entry: Entry, known: Known) -> Line:
    """Never raises: an act of another time or a spoilt one is told by its own word."""
    tell = _WORDS.get(entry.action)
    act = _Act(entry.actor, entry.subject, _details(entry.details), known)
    words = tell(act) if tell else f"fait « {entry.action} » {entry.subject}".rstrip()
    return Line(entry.number, _name(known, entry.actor), f"{words}.", _moment(entry.moment))


def _name(known: Known, id_: str) -> str:
    return {OPERATOR: "L’opérateur du serveur", ITSELF: "Appui"}.get(id_) or known.people.get(id_, id_)


def _details(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _moment(text: str) -> str:
    try:
        return moment_words(int(datetime.fromisoformat(text).timestamp()))
    except (ValueError, OverflowError):
        return text


def _document(key: str) -> str:
    kind, _, id_ = key.partition("/")
    return f"{_DOCUMENTS.get(kind, kind)} {id_}".rstrip()


def _published(act: _Act) -> str:
    documents = act.details.get("documents")
    what = (
        ", ".join(_document(str(key)) for key in documents) if isinstance(documents, list) else "tout ce qui est prêt"
    )
    return f"publie {act.edition} : {what}{'' if act.details.get('told') else ', sans prévenir personne'}"


def _approved(act: _Act) -> str:
    new = ", peu après un accès donné entre cette personne et l’auteur" if act.details.get(JUST_LET_IN) else ""
    return f"approuve ce qui change dans {act.document}{new}"


def _role_changed(act: _Act) -> str:
    if act.details.get("role"):
        return f"change le rôle de {act.person}{act.place}{act.role}"
    return f"retire son rôle à {act.person}{act.place}"


def _opening(act: _Act) -> str:
    opens = act.details.get("opens")
    when = f" ; le lien ouvre la porte le {moment_words(opens)}" if isinstance(opens, int) and 0 < opens < 1e11 else ""
    return f"demande un nouvel accès avec un code imprimé{when}"


def _joined(act: _Act) -> str:
    return f"rejoint l’équipe{act.place}{act.role}, sur l’invitation de {_name(act.known, act['invited by'])}"


def _came_back(act: _Act) -> str:
    giver = _name(act.known, act["invited by"]) if act.details.get("invited by") else ""
    given = f"par un nouvel accès donné par {giver}" if giver else "par un nouvel accès qui lui a été donné"
    way = "par un code imprimé" if act["by"] == "recovery" else given
    return f"revient avec une nouvelle clé, {way} ; ses anciennes clés ne marchent plus"


_WORDS: Mapping[str, Callable[[_Act], str]] = {
    "signed in": lambda _: "entre",
    "confirmed": lambda _: "montre de nouveau sa clé",
    "signed out": lambda _: "sort",
    "closed a session": lambda _: "ferme une de ses sessions",
    "signed out everywhere": lambda act: f"se déconnecte partout, sessions fermées : {act['sessions']}",
    JOINED: _joined,
    CAME_BACK: _came_back,
    "invited": lambda act: f"invite quelqu’un{act.place}{act.role}",
    "revoked an invitation": lambda _: "retire une invitation",
    "added a passkey": lambda _: "ajoute une clé d’accès",
    "removed a passkey": lambda _: "retire une clé d’accès",
    "made recovery codes": lambda _: "imprime des codes de secours ; ceux d’avant ne marchent plus",
    "asked for reminders": lambda _: "demande des rappels sur un appareil",
    "stopped reminders": lambda _: "arrête les rappels sur un appareil",
    "used a recovery code": _opening,
    "cancelled a recovery": lambda act: f"arrête la demande d’accès faite {act.in_whose_name}",
    "changed a role": _role_changed,
    "removed a person": lambda act: f"retire {act.person} de l’équipe",
    "renewed somebody's access": lambda act: f"donne un nouvel accès à {act.person}",
    "save": lambda act: f"écrit {act.document}, version {act['revision']}",
    "take away": lambda act: f"enlève {act.document}, version {act['revision']}",
    "approve": _approved,
    "publish": _published,
    "rollback": lambda act: f"publie {act.edition}, avec le contenu de l’édition {act['to']}",
    "return": lambda act: f"publie {act.edition}, avec le contenu de l’édition {act['to']}",
    "undo": lambda act: f"publie {act.edition}, qui annule l’édition {act['undone']}",
    "restore": lambda act: f"restaure la sauvegarde {act['backup']} et publie {act.edition}",
    "pack import": lambda act: f"remplace tout le contenu par {act.subject}, documents : {act['documents']}",
    "contacts confirm": lambda act: f"confirme le contact {act.subject}",
    "hours set": lambda act: f"change les horaires du contact {act.subject}",
    "hours close": lambda act: f"ferme pour quelques jours le contact {act.subject}",
    "backup": lambda act: f"fait une sauvegarde, {act.subject}",
    "export": lambda act: f"copie l’édition dans le dossier {act.subject}",
    "push-key rotate": lambda _: "change la clé des avis",
    "push-key forget": lambda act: f"abandonne une clé des avis, abonnements oubliés : {act['subscriptions']}",
    "locked the journal again": lambda act: (
        f"remet la protection du journal, qui avait été ôtée ou changée : {act.subject}"
    ),
    FOUND_CUT: lambda act: (
        f"constate que la fin du journal a été coupée ou changée après l’entrée {act.subject.removeprefix('entry ')}"
    ),
}
ACTIONS = frozenset(_WORDS)
