"""Who may do what: one function decides. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Role(Enum):
    """What somebody is in one organisation; each may do all that the one before may."""

    EDITOR = "editor"
    APPROVER = "approver"
    MANAGER = "manager"


class Need(Enum):
    """What a route asks of whoever comes; every route under /equipe declares one, as `opt={"need": …}`."""

    NOTHING = "nothing"  # the way in: signing in, opening an invitation
    SIGNED_IN = "signed in"
    EDIT = "edit"
    APPROVE = "approve"
    MANAGE = "manage"
    ADMINISTER = "administer"  # the whole


ADMINISTRATOR = "administrator"
ROLE_WORDS = {
    Role.EDITOR.value: "écrit",
    Role.APPROVER.value: "écrit et vérifie",
    Role.MANAGER.value: "gère l’équipe",
    ADMINISTRATOR: "administre tout",
}
_ENOUGH = {
    Need.EDIT: frozenset(Role),
    Need.APPROVE: frozenset((Role.APPROVER, Role.MANAGER)),
    Need.MANAGE: frozenset((Role.MANAGER,)),
}


@dataclass(frozen=True)
class Person:
    """Somebody signed in. `roles` are by organisation; an administrator needs none."""

    id: str
    name: str
    administrator: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)


def allows(person: Person | None, need: Need, organisation: str | None = None) -> bool:
    """Whether `person` (None: nobody signed in) may do what needs `need` to what belongs to `organisation`.

    Without an organisation: whether there is one for which they may, as for a page that lists them.
    """
    if need is Need.NOTHING:
        return True
    if person is None:
        return False
    if person.administrator or need is Need.SIGNED_IN:
        return True
    enough = _ENOUGH.get(need, frozenset())
    if organisation is None:
        return any(role in enough for role in person.roles.values())
    return person.roles.get(organisation) in enough


def may_stop_recovery(viewer: Person, concerned: Person) -> bool:
    """Whether `viewer` may stop a new access asked for in the name of `concerned`: that person, whoever manages one of
    their organisations, administrators."""
    managed = (allows(viewer, Need.MANAGE, organisation) for organisation in concerned.roles)
    return viewer.administrator or viewer.id == concerned.id or any(managed)
