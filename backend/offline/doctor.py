"""`appui doctor`: what the operator should know, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from backend.clock import paris_day
from backend.files import KeyMissingError
from backend.notices.doctor import notice_faults, notice_lines
from backend.offline.content import Content, read_content
from backend.offline.editions import began_on, last_number, load_edition
from backend.offline.manifest import parse_signed
from backend.offline.signing import load_key, verify
from backend.permanences.freshness import status
from backend.permanences.schedule import AS_USUAL
from backend.permanences.school_holidays import ZONE_C, expiry_warning
from backend.settings import DESCRIPTIONS, Settings
from backend.storage.append_only import lock_faults
from backend.storage.backup import last_backup
from backend.storage.documents import load_documents
from backend.storage.engine import open_engine
from backend.storage.migrate import version
from backend.storage.migrations import HEAD

WARN_BEFORE = timedelta(weeks=2)
BACKUP_EVERY = timedelta(days=7)


@dataclass
class Findings:
    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def examine(settings: Settings, moment: datetime) -> Findings:
    """Settings with their meaning, then keys, database, edition and freshness."""
    findings = Findings()
    values = {
        "APPUI_DATA_DIR": str(settings.data_dir),
        "APPUI_DATABASE_URL": _without_password(settings.database_url),
        "APPUI_PUBLIC_URL": settings.public_url,
        "APPUI_CONTACT": settings.contact or "(not set)",
        "APPUI_PUSH_HOSTS_EXTRA": ", ".join(settings.push_hosts_extra) or "(none)",
        "APPUI_EXIT_URL": settings.exit_url,
        "APPUI_TRUSTED_PROXIES": ", ".join(map(str, settings.trusted_proxies)) or "(none)",
    }
    findings.lines += [f"{name} = {values[name]}  ({meaning})" for name, meaning in DESCRIPTIONS.items()]
    try:
        _examine_database(open_engine(settings), settings, moment, findings)
    except SQLAlchemyError as error:
        findings.faults.append(f"the database does not answer ({type(error).__name__})")
    _examine_key_files(settings, findings)
    return findings


def _without_password(database_url: str) -> str:
    """Libpq takes one among the parameters, too."""
    url = make_url(database_url)
    shown = {name: value for name, value in url.query.items() if "password" not in name.lower()}
    return url.set(query=shown).render_as_string(hide_password=True)


def _examine_key_files(settings: Settings, findings: Findings) -> None:
    for path in sorted(settings.keys_dir.glob("*")):
        if path.stat().st_mode & 0o077:
            findings.faults.append(f"{path} can be read by others: chmod 600")


def _examine_database(engine: Engine, settings: Settings, moment: datetime, findings: Findings) -> None:
    with engine.connect() as connection:
        found = version(connection)
        if found != HEAD:
            findings.faults.append(f"the database is at version {found or 'none'}, expected {HEAD}: run `appui serve`")
            return
        stored = load_edition(connection, last_number(connection))
        drafts = load_documents(connection)
        _examine_backup(connection, moment, findings)
        findings.faults += [
            f"the database does not keep the journal from being altered: trigger {name} is {fault}; "
            "run `appui verify`; the next start puts it back"
            for name, fault in lock_faults(connection).items()
        ]
        findings.lines += notice_lines(connection, settings)
        findings.faults += notice_faults(connection, settings)
    if stored is None:
        findings.faults.append("no edition has been published yet")
        return
    try:
        good = verify(load_key(settings.keys_dir).jwk, stored.signed, stored.signature)
    except KeyMissingError as error:
        findings.faults.append(str(error))
        good = True
    if not good:
        findings.faults.append(f"edition {stored.number} is not signed by our key")
    manifest = parse_signed(stored.signed)
    findings.lines.append(f"edition {stored.number} of {manifest.issued}, {len(manifest.files)} files")
    left = datetime.fromisoformat(manifest.expires) - moment
    if left < timedelta(0):
        findings.faults.append(f"edition {stored.number} expired on {manifest.expires}: run `appui publish`")
    elif left < WARN_BEFORE:
        findings.lines.append(f"edition {stored.number} expires on {manifest.expires}: run `appui publish` soon")
    content = read_content(drafts)
    findings.faults += _stale(content, paris_day(moment))
    examine_school_holidays(content, paris_day(moment), findings)


def _examine_backup(connection: Connection, moment: datetime, findings: Findings) -> None:
    """A server of the day before is not at fault yet."""
    last, number = last_backup(connection), last_number(connection)
    findings.lines.append(
        f"last backup: {last:%Y-%m-%dT%H:%M:%SZ}" if last else "no backup yet: run `appui backup FILE`"
    )
    since = last or (began_on(connection) if number else moment)
    if moment - since > BACKUP_EVERY:
        findings.faults.append(f"no backup since {since:%Y-%m-%d}: run `appui backup FILE` every day")


def examine_school_holidays(content: Content, day: date, findings: Findings) -> None:
    """Dates that run out are worth a line; a fault only where hours depend on them."""
    warning = expiry_warning(ZONE_C, day)
    if warning is None:
        return
    concerned = [id_ for id_, schedule in content.schedules.items() if schedule.school_holidays != AS_USUAL]
    if concerned:
        findings.faults.append(f"{warning} ({', '.join(concerned)})")
    else:
        findings.lines.append(warning)


def _stale(content: Content, day: date) -> list[str]:
    """What is past its date: guides to read again, contacts to confirm."""
    faults = [
        f"guide {guide.slug}: to be reviewed since {guide.review_by}"
        for guide in content.guides.values()
        if guide.review_by < day
    ]
    for contact in content.contacts.values():
        state = status(contact, content.organisations[contact.organisation], day)
        if state in ("to_confirm", "stale", "withdrawn") and not contact.withdrawn and contact.confirm_by < day:
            faults.append(f"contact {contact.id}: {state}, to be confirmed since {contact.confirm_by}")
    return faults
