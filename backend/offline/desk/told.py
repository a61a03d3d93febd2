"""Changes as the screens tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from backend.offline.changes_waiting import Change
from backend.offline.choosing import chosen
from backend.offline.desk.change_words import KINDS, REWRITTEN, Titles, hours_lines, sides, title_of
from backend.offline.desk.deciding import may, names, titles
from backend.offline.desk.publishing_pages import ToldChange
from backend.staff.policy import Need, Person
from backend.storage.revisions import Key
from backend.words import moment_words

ADDRESSES = {"contact": "/equipe/contacts/{}/", "organisation": "/equipe/organismes/{}/", "guide": "/equipe/guides/{}/"}
WAITS = "Attend une autre personne : un numéro, un nom, une adresse ou un retrait se vérifie à deux."
LEANS = "Attend avec un autre changement, dont il dépend."
HOURS_ALONE = "Ses horaires seulement : le reste attend une autre personne."


SOMEBODY = "quelqu’un"


def box(key: Key) -> str:
    return f"choix.{key[0]}.{key[1]}"


def told_change(change: Change, names: Mapping[str, str], called: Titles, day: date, person: Person) -> ToldChange:
    """As `person` is told of it: with no way to what they may not write. `names`: of people; `called`: of the rest."""
    kind, id_ = change.key
    writes = may(person, Need.EDIT, change)
    document = change.after or change.before
    differs = tuple(sides(change.before, change.after, called))
    hours = tuple(hours_lines(change.before, change.after, day))
    return ToldChange(
        name=box(change.key),
        kind=KINDS.get(kind, kind),
        title=title_of(document) if document else id_,
        written=f"{_writers(change, names)}, le {moment_words(change.moment)}" if change.moment else "",
        href=ADDRESSES[kind].format(id_) if writes and kind in ADDRESSES and change.after else None,
        versions=f"/equipe/versions/{kind}/{id_}/" if writes else None,
        sides=differs,
        hours=hours if hours or differs else (REWRITTEN,),
    )


def _writers(change: Change, names: Mapping[str, str]) -> str:
    """Everybody to ask about it; who saved last is named last, and may not have touched what is compared."""
    others = sorted(names.get(id_, SOMEBODY) for id_ in change.authors - {change.writer})
    return " et ".join([*others, names.get(change.writer, SOMEBODY)])


def sorted_out(
    connection: Connection, person: Person, changes: list[Change], day: date
) -> tuple[list[ToldChange], list[ToldChange]]:
    """Those that can go out, and those that wait, each with its reason."""
    people, called = names(connection), titles(connection)
    selection = chosen(connection, only={change.key for change in changes})
    going = {document.key: document for document in selection.documents}
    ready, waiting = [], []
    for change in changes:
        told = told_change(change, people, called, day, person)
        if change.key not in selection.held:
            ready.append(told)
            continue
        if going.get(change.key) != change.before:
            ready.append(replace(told, sides=(), waits=HOURS_ALONE))
            told = replace(told, hours=())
        mine = change.waits and may(person, Need.APPROVE, change) and person.id not in change.authors
        review = f"/equipe/relire/{change.key[0]}/{change.key[1]}/" if mine else None
        waiting.append(replace(told, waits=WAITS if change.waits else LEANS, review=review))
    return ready, waiting
