"""What somebody writes straight into the database, and not through this server: it waits, and is found."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from backend.offline.approvals import ChangedSinceError
from backend.offline.editions import load_drafts, pack_drafts
from backend.offline.own_faults import drafts_faults, unwritten_faults
from backend.offline.signing import load_key
from backend.offline.tables import editions
from backend.settings import Settings
from backend.storage.documents import Document, load_documents
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR
from backend.storage.tables import documents, revisions
from tests.backend.one_contact import Desk


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Desk:
    return Desk(engine, load_key(settings.keys_dir))


def test_what_was_written_behind_our_back_goes_out_under_nobody_s_name(desk: Desk, engine: Engine) -> None:
    with writing(engine).begin() as connection:
        body = json.dumps(desk.body(load_documents(connection)) | {"value": "0666666666"})
        connection.execute(
            documents.update().where(documents.c.id == "a", documents.c.kind == "contact").values(body=body)
        )
    assert desk.publish()["value"] == "0130303030"
    with pytest.raises(ChangedSinceError):
        desk.approve("ben")


@pytest.mark.parametrize("seal", [None, bytes(32), "another's"])
def test_a_version_forged_under_the_operator_s_name_waits_and_is_found(
    desk: Desk, engine: Engine, settings: Settings, seal: bytes | str | None
) -> None:
    """Whoever writes to the database, and not through this server: the key of seals is not in it."""
    assert list(unwritten_faults(settings)) == []
    with writing(engine).begin() as connection:
        body = json.dumps(desk.body(load_documents(connection)) | {"value": "0666666666"})
        ours = (documents.c.kind == "contact") & (documents.c.id == "a")
        connection.execute(documents.update().where(ours).values(body=body))
        newest = connection.execute(select(revisions).where(revisions.c.id == "a").order_by(revisions.c.number.desc()))
        row = dict(newest.mappings().first() or {})
        forged = row | {"number": row["number"] + 1, "body": body, "author": OPERATOR}
        kept = row["seal"] if seal == "another's" else seal
        connection.execute(insert(revisions).values(forged | {"seal": kept}))
    assert desk.publish()["value"] == "0130303030"
    [fault] = unwritten_faults(settings)
    assert fault == "the draft contact a or its versions were written straight into the database"
    with pytest.raises(ChangedSinceError):
        desk.approve("ben")
    desk.save("eve", note="Ouvert à tous")  # a true version on top makes it nobody's still
    assert desk.publish()["value"] == "0130303030"


@pytest.mark.parametrize("tampered", ["author", "body", "removed"])
def test_a_history_that_somebody_has_tampered_with_is_nobody_s_word(
    desk: Desk, engine: Engine, settings: Settings, tampered: str
) -> None:
    """Ana writes a number, and to the database; Eve saves over it. Else Ana would not be among the authors any more."""
    desk.save("ana", value="0666666666")
    desk.save("eve", note="Ouvert à tous")
    hers = (revisions.c.kind == "contact") & (revisions.c.id == "a") & (revisions.c.number == 2)
    with writing(engine).begin() as connection:
        if tampered == "removed":
            connection.execute(delete(revisions).where(hers))
        else:
            first = select(revisions.c.body).where(revisions.c.kind == "contact", revisions.c.id == "a")
            older = first.where(revisions.c.number == 1).scalar_subquery()
            values = {"author": "nobody"} if tampered == "author" else {"body": older}
            connection.execute(update(revisions).where(hers).values(values))
    assert len(list(unwritten_faults(settings))) == 1
    with pytest.raises(ChangedSinceError):
        desk.approve("ana")
    assert desk.publish()["value"] == "0130303030"
    # Taken back to what readers have, it begins anew.
    desk.save("eve", value="0130303030")
    desk.save("eve", value="0130303039")
    desk.approve("ben")
    assert desk.publish()["value"] == "0130303039"


def test_with_its_author_s_version_gone_nothing_is_the_operator_s_word(desk: Desk, engine: Engine) -> None:
    desk.save("ana", value="0666666666")
    desk.save(OPERATOR, note="Ouvert à tous")
    with writing(engine).begin() as connection:
        connection.execute(delete(revisions).where(revisions.c.id == "a", revisions.c.number < 3))
    assert desk.publish()["value"] == "0130303030"


def test_a_number_changed_in_what_it_is_compared_with_is_found(desk: Desk, engine: Engine, settings: Settings) -> None:
    desk.save("ana", note="Un")
    desk.publish()
    assert list(drafts_faults(settings)) == []
    with writing(engine).begin() as connection:
        kept = load_drafts(connection, 1) or []
        spoilt = [Document(d.kind, d.id, d.body.replace("0130303030", "0666666666")) for d in kept]
        connection.execute(editions.update().where(editions.c.number == 1).values(drafts=pack_drafts(spoilt)))
    assert list(drafts_faults(settings)) == ["the drafts that edition 1 was made of were changed since"]
    for spoilt_bytes in (b"", b"garbage", pack_drafts(kept)[:-12], b"\x1f\x8b\x08" + b"\xff" * 40):
        with writing(engine).begin() as connection:
            connection.execute(editions.update().where(editions.c.number == 1).values(drafts=spoilt_bytes))
        assert list(drafts_faults(settings)) == ["the drafts that edition 1 was made of were changed since"]
