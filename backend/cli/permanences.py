"""Contacts, how fresh they are, and when they answer. Changes are drafts until `appui publish`."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from backend import clock
from backend.cli.common import echo_json, opened, say, write_down
from backend.records import RefusedError
from backend.storage.engine import writing

if TYPE_CHECKING:
    from backend.offline.content import Content
    from backend.permanences.contact import Contact
    from backend.permanences.schedule import Schedule

# What was withdrawn for want of a confirmation comes before them all; what nobody can mend comes last.
URGENCY = ("stale", "to_confirm", "confirmed", "withdrawn", "closed")
DRAFTED = "a draft: `appui publish` makes it an edition"
NO_CHANGE = "Readers notice nothing in the coming twelve weeks."


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day written 2026-11-22, and in no other way."""

    name = "date"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return _day(str(value))
        except ValueError as error:
            self.fail(str(error), parameter, context)


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(f"{text[:40]!a} is not a date; write it 2026-11-22")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is not in the calendar") from error


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.pass_context
def contacts(context: click.Context, as_json: bool) -> None:
    """List the contacts of the drafts: how fresh, until when; the most urgent first."""
    if context.invoked_subcommand:
        return
    from backend.offline.drafts import read_drafts

    _, engine, _ = opened()
    with engine.connect() as connection:
        lines = _freshness(read_drafts(connection), clock.paris_day(clock.now()))
    if as_json:
        echo_json(lines)
        return
    width = max((len(line["id"]) for line in lines), default=0)
    for line in lines:
        then = f"{line['next']['status']} on {line['next']['on']}" if line["next"] else ""
        click.echo(f"{line['status']:<11} {line['id']:<{width}}  by {line['confirm_by']}  {then:<25} {line['label']}")


def _freshness(content: Content, day: date) -> list[dict[str, Any]]:
    from backend.permanences.freshness import next_change, status

    def urgency(contact: Contact) -> tuple[int, date, str]:
        state = status(contact, content.organisations[contact.organisation], day)
        forgotten = state == "withdrawn" and not contact.withdrawn
        return -1 if forgotten else URGENCY.index(state), contact.confirm_by, contact.id

    lines = []
    for contact in sorted(content.contacts.values(), key=urgency):
        organisation = content.organisations[contact.organisation]
        turn = next_change(contact, organisation, day)
        lines.append(
            {
                "id": contact.id,
                "organisation": contact.organisation,
                "label": contact.label,
                "status": status(contact, organisation, day),
                "confirmed_on": contact.confirmed_on.isoformat() if contact.confirmed_on else None,
                "confirm_by": contact.confirm_by.isoformat(),
                "next": {"on": turn[0].isoformat(), "status": turn[1]} if turn else None,
                "source": contact.source.title,
            }
        )
    return lines


@contacts.command("confirm")
@click.argument("id_", metavar="ID")
def contacts_confirm(id_: str) -> None:
    """Mark contact ID as confirmed today, for 180 days (a draft until published)."""
    from backend.offline.drafts import confirm

    _, engine, _ = opened()
    day = clock.paris_day(clock.now())
    with writing(engine).begin() as connection:
        again = confirm(connection, id_, day)
        write_down(connection, "contacts confirm", id_)
    click.echo(f"{id_}: confirmed on {day}, to be confirmed again by {again}; {DRAFTED}")


@click.group()
def hours() -> None:
    """When contacts answer."""


@hours.command("show")
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The schedule as JSON on stdout: `hours set` takes it back.")
@click.option("--osm", "as_osm", is_flag=True, help="An OpenStreetMap opening_hours value on stdout.")
def hours_show(id_: str, as_json: bool, as_osm: bool) -> None:
    """Show the schedule of contact ID, as the drafts have it."""
    from backend.offline.drafts import find
    from backend.permanences.schedule import schedule_json
    from backend.permanences.week_words import coming_lines, week_lines

    _, engine, _ = opened()
    with engine.connect() as connection:
        contact = find(connection, id_).contact
    schedule = contact.schedule
    if as_json:
        echo_json(schedule_json(schedule) if schedule else None)
        return
    if schedule is None:
        click.echo(contact.said_hours or "Horaires inconnus")
        return
    if as_osm:
        _echo_osm(schedule)
        return
    note = [schedule.note] if schedule.note else []
    for line in (*week_lines(schedule), *coming_lines(schedule, clock.paris_day(clock.now())), *note):
        click.echo(line)


def _echo_osm(schedule: Schedule) -> None:
    from backend.permanences.osm import LONGEST_VALUE, osm_hours

    told = osm_hours(schedule)
    click.echo(told.text)
    for line in told.left_out:
        say(line)
    if not told.fits:
        say(f"longer than the {LONGEST_VALUE} characters that OpenStreetMap keeps")


@hours.command("set")
@click.argument("id_", metavar="ID")
@click.argument("file", metavar="FILE.json", type=click.Path(allow_dash=True, dir_okay=False))
def hours_set(id_: str, file: str) -> None:
    """Give contact ID the schedule of FILE.json (« - » reads stdin). Any fault, and nothing changes."""
    from backend.offline.drafts import set_schedule
    from backend.offline.json_file import read_json_table
    from backend.offline.pack_text import LARGEST_FILE
    from backend.permanences.schedule_reading import schedule_from_json

    name = "stdin" if file == "-" else file
    with click.open_file(file, "rb") as opened_file:
        body = opened_file.read(LARGEST_FILE + 1)  # a device, or a mistake, may never end
    written = read_json_table(body, name)
    schedule = schedule_from_json(written, name)
    _, engine, _ = opened()
    with writing(engine).begin() as connection:
        before = _published(connection, id_)
        set_schedule(connection, id_, dict(written), clock.paris_day(clock.now()))
        write_down(connection, "hours set", id_)
    _say_changes(before, schedule)


@hours.command("osm")
@click.argument("id_", metavar="ID")
@click.argument("value")
@click.option(
    "--holidays-too", is_flag=True, help="Public holidays are like other days, where VALUE says nothing of them."
)
def hours_osm(id_: str, value: str, holidays_too: bool) -> None:
    """Give contact ID the hours of an OpenStreetMap opening_hours VALUE, if it says exactly one thing."""
    from backend.offline.drafts import set_schedule
    from backend.permanences.osm_import import schedule_from_osm
    from backend.permanences.schedule import schedule_json

    found = schedule_from_osm(value)
    if found.remarks and not holidays_too:
        raise RefusedError("\n".join([*found.remarks, "If they are, say --holidays-too."]))
    _, engine, _ = opened()
    with writing(engine).begin() as connection:
        before = _published(connection, id_)
        set_schedule(connection, id_, schedule_json(found.schedule), clock.paris_day(clock.now()))
        write_down(connection, "hours set", id_)
    _say_changes(before, found.schedule)


@hours.command("close")
@click.argument("id_", metavar="ID")
@click.option("--from", "first", type=Day(), required=True, help="First day, like 2026-12-24.")
@click.option("--until", "last", type=Day(), required=True, help="Last day, included.")
@click.option("--reason", help="Why, in a few words for readers.")
def hours_close(id_: str, first: date, last: date, reason: str | None) -> None:
    """Shut contact ID for some days.

    Days already shut stay so, with their own reason; exceptional hours on those days are replaced.
    """
    from backend.offline.drafts import close
    from backend.permanences.week_words import slots_words, stretch_words

    _, engine, _ = opened()
    with writing(engine).begin() as connection:
        before = _published(connection, id_)
        closing = close(connection, id_, first, last, (reason or "").strip() or None, clock.paris_day(clock.now()))
        write_down(connection, "hours close", id_)
    for found in closing.added:
        click.echo(f"closed: {stretch_words(found.first, found.last)}")
    for found in closing.kept:
        click.echo(f"already closed: {stretch_words(found.first, found.last)}{_because(found.reason)}")
    for found in closing.replaced:
        click.echo(f"replaced: {stretch_words(found.first, found.last)}, {slots_words(found.slots)}")
    _say_changes(before, closing.schedule)


def _because(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _published(connection: Any, id_: str) -> Schedule | None:
    from backend.offline.drafts import published_schedule

    return published_schedule(connection, id_)


def _say_changes(before: Schedule | None, after: Schedule) -> None:
    """What readers will notice once the drafts are published, against what they are told today."""
    from backend.permanences.differences import change_lines, changed_days

    for line in change_lines(changed_days(before, after, clock.paris_day(clock.now()))) or [NO_CHANGE]:
        click.echo(line)
    click.echo(DRAFTED)


COMMANDS = (contacts, hours)
