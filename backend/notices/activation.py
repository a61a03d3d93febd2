"""The echo: a token sent through the push service, which only the browser itself can bring back."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from backend.notices.lane import Desk
from backend.notices.message import activation_text, padded
from backend.notices.outcomes import Answer, Outcome, outcome
from backend.notices.pending import PENDING_SECONDS
from backend.notices.sender import Message
from backend.notices.services_known import stopped
from backend.notices.tables import pending_subscriptions

TOPIC = "bienvenue"
AT_ONCE = 500


def unsent(connection: Connection) -> list[tuple[str, str]]:
    """(digest of the token, origin) of the questions whose token has not left, and may: an id may come again, a token
    never."""
    table = pending_subscriptions
    to_send = ~table.c.sent & ~table.c.origin.in_(stopped())
    query = select(table.c.token_hash, table.c.origin).where(to_send).order_by(table.c.id).limit(AT_ONCE)
    return [(row.token_hash.hex(), row.origin) for row in connection.execute(query)]


def send_activation(desk: Desk, digest: str) -> None:
    """Send it once. A browser that is gone is forgotten; one that heard nothing asks again."""
    table = pending_subscriptions
    with desk.engine.connect() as connection:
        mine = table.c.token_hash == bytes.fromhex(digest)
        row = connection.execute(select(table).where(mine, ~table.c.sent)).first()
    if row is None:
        return
    moment = desk.moment()
    text = activation_text(desk.public_url, desk.vault.unseal_token(row.token_sealed))
    message = Message(
        desk.vault.unseal(row.sealed),
        padded(text),
        desk.vapid.header(row.origin, row.vapid, moment),
        max(0, row.created + PENDING_SECONDS - moment),
        "high",
        TOPIC,
    )
    answers: list[Answer] = []
    desk.sender(row.origin).send([message], lambda _position, answer: answers.append(answer), lambda: 1)
    gone = outcome(answers[0]) is Outcome.GONE
    change = delete(table) if gone else update(table).values(sent=True)
    with desk.writing().begin() as connection:
        connection.execute(change.where(mine))
