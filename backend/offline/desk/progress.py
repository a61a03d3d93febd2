"""How the notices of an edition leave, in words."""

from __future__ import annotations

from sqlalchemy import Connection

from backend.notices.announce import DONE, REPLACED, SENDING, WAITING
from backend.notices.progress import Progress, progress
from backend.offline.changes_waiting import published_documents
from backend.offline.desk.change_words import title_of
from backend.offline.desk.publishing_pages import NoticeProgress, ProgressView

STATES = {WAITING: "en attente", SENDING: "en cours", DONE: "terminé", REPLACED: "remplacé par un plus récent"}


def progress_view(connection: Connection, number: int) -> ProgressView:
    titles = {found.id: title_of(found) for found in published_documents(connection) if found.kind == "contact"}
    lines = progress(connection, [number])
    told = tuple(
        NoticeProgress(titles.get(line.contact, line.contact), line.left_for_good, line.total, _words(line))
        for line in lines
    )
    return ProgressView(number, told, not all(line.is_over for line in lines))


def _words(line: Progress) -> str:
    parts = [f"{line.delivered} sur {line.total} envoyés"]
    parts += [f"{line.later} {'non remis' if line.is_over else 'à réessayer'}"] if line.later else []
    parts += [f"{line.gone} abonnements terminés"] if line.gone else []
    parts += [f"{line.refused} refusés par le service d’envoi"] if line.refused else []
    return f"{', '.join(parts)} : {STATES.get(line.state, line.state)}"
