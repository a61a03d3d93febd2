"""People of the staff: inviting them, and the way back in when every other one is lost."""

from __future__ import annotations

import click

from backend import clock
from backend.cli.common import TAKES_ANY_ID, Refused, echo_json, opened
from backend.staff import audit, invitations
from backend.staff.first import invitation_link
from backend.staff.invitations import RESCUE, ROLES
from backend.staff.organisations import organisation_names
from backend.staff.people import list_people, load_person
from backend.staff.policy import ADMINISTRATOR
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR


@click.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the person will be.")
@click.option("--organisation", metavar="ID", help="Where; needed for every role but administrator.")
def invite(role: str, organisation: str | None) -> None:
    """Print a link that lets one new person in, once, within 72 hours."""
    settings, engine, _ = opened()
    now = clock.now()
    with writing(engine).begin() as connection:
        _check(role, organisation, organisation_names(connection))
        found, token = invitations.invite(connection, OPERATOR, role, organisation, now)
        details = {"role": role, "organisation": organisation}
        audit.record(connection, OPERATOR, "invited", found.id, details, now)
    click.echo(invitation_link(settings, token))


def _check(role: str, organisation: str | None, known: dict[str, str]) -> None:
    if role == ADMINISTRATOR and organisation:
        raise Refused("an administrator has no organisation: leave --organisation out")
    if role != ADMINISTRATOR and not organisation:
        raise Refused(f"--organisation is needed for role {role}")
    if organisation and organisation not in known:
        raise Refused(f"no organisation {organisation!a}; known ones: {', '.join(sorted(known))}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def people(as_json: bool) -> None:
    """List the staff: id, name, roles."""
    _, engine, _ = opened()
    with engine.connect() as connection:
        found = list_people(connection)
    lines = [
        {
            "id": person.id,
            "name": person.name,
            "administrator": person.administrator,
            "roles": {organisation: role.value for organisation, role in person.roles.items()},
        }
        for person in found
    ]
    if as_json:
        echo_json(lines)
        return
    for person in found:
        roles = ", ".join(f"{role.value} of {organisation}" for organisation, role in person.roles.items())
        click.echo(f"{person.id}  {person.name}  {ADMINISTRATOR if person.administrator else roles}")


@click.command(context_settings=TAKES_ANY_ID)
@click.argument("id_", metavar="ID")
def rescue(id_: str) -> None:
    """Break-glass: print a link by which person ID (see `appui people`) makes a new passkey, once, within 72 hours.

    When it is used, their older passkeys and open sessions end. Written in the journal.
    """
    settings, engine, _ = opened()
    now = clock.now()
    with writing(engine).begin() as connection:
        person = load_person(connection, id_)
        if person is None:
            raise Refused(f"nobody has the id {id_!a}: `appui people` lists them")
        _, token = invitations.renew(connection, RESCUE, OPERATOR, person, now)
        audit.record(connection, OPERATOR, "renewed somebody's access", person.id, {}, now)
    click.echo(invitation_link(settings, token))


COMMANDS = (invite, people, rescue)
