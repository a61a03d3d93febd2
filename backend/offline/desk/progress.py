"""How the notices of an edition leave."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from backend.notices.tables import lanes, notices, retries
from backend.offline.changes_waiting import published_documents
from backend.offline.desk.change_words import title_of
from backend.offline.desk.publishing_pages import NoticeProgress, ProgressView

MOVING = ("waiting", "sending")


def progress_view(connection: Connection, number: int) -> ProgressView:
    titles = {
        document.id: title_of(document) for document in published_documents(connection) if document.kind == "contact"
    }
    rows = connection.execute(select(notices).where(notices.c.edition == number).order_by(notices.c.contact)).all()
    counts = _counts(connection, [row.id for row in rows])
    told = []
    for row in rows:
        delivered, gone, refused, later = counts[row.id]
        done = delivered + gone + refused
        words = _words(row.state, row.total, delivered, gone, refused, later)
        told.append(NoticeProgress(titles.get(row.contact, row.contact), min(done, row.total), row.total, words))
    return ProgressView(number, tuple(told), any(row.state in MOVING for row in rows))


def _counts(connection: Connection, ids: list[str]) -> dict[str, tuple[int, int, int, int]]:
    sums = (
        select(lanes.c.notice, func.sum(lanes.c.delivered), func.sum(lanes.c.gone), func.sum(lanes.c.refused))
        .where(lanes.c.notice.in_(ids))
        .group_by(lanes.c.notice)
    )
    waiting = select(retries.c.notice, func.count()).where(retries.c.notice.in_(ids)).group_by(retries.c.notice)
    later = {row[0]: int(row[1]) for row in connection.execute(waiting)}
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in connection.execute(sums)}
    return {id_: (*found.get(id_, (0, 0, 0)), later.get(id_, 0)) for id_ in ids}


def _words(state: str, total: int, delivered: int, gone: int, refused: int, later: int) -> str:
    parts = [f"{delivered} sur {total} envoyés"]
    parts += [f"{later} à réessayer"] if later else []
    parts += [f"{gone} abonnements terminés"] if gone else []
    parts += [f"{refused} refusés par le service d’envoi"] if refused else []
    ends = {
        "waiting": "en attente",
        "sending": "en cours",
        "done": "terminé",
        "replaced": "remplacé par un plus récent",
    }
    return f"{', '.join(parts)} : {ends.get(state, state)}"
