"""Who may do what, as a table."""

from __future__ import annotations

import pytest

from backend.staff.policy import Need, Person, Role, allows, may_stop_recovery

A, B = "cidff-95", "other"
PEOPLE = {
    "nobody": None,
    "stranger": Person("1", "S"),
    "editor": Person("2", "E", roles={A: Role.EDITOR}),
    "approver": Person("3", "V", roles={A: Role.APPROVER}),
    "manager": Person("4", "M", roles={A: Role.MANAGER}),
    "administrator": Person("5", "A", administrator=True),
}
# Who may, for their own organisation; for another one only the administrator may.
MAY = {
    Need.NOTHING: {"nobody", "stranger", "editor", "approver", "manager", "administrator"},
    Need.SIGNED_IN: {"stranger", "editor", "approver", "manager", "administrator"},
    Need.EDIT: {"editor", "approver", "manager", "administrator"},
    Need.APPROVE: {"approver", "manager", "administrator"},
    Need.MANAGE: {"manager", "administrator"},
    Need.ADMINISTER: {"administrator"},
}


@pytest.mark.parametrize("need", Need)
@pytest.mark.parametrize("who", PEOPLE)
def test_the_table(who: str, need: Need) -> None:
    person = PEOPLE[who]
    assert allows(person, need, A) is (who in MAY[need])
    assert allows(person, need, None) is (who in MAY[need])
    anywhere = need in (Need.NOTHING, Need.SIGNED_IN)
    assert allows(person, need, B) is (who in MAY[need] if anywhere else who == "administrator")


@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "nobody"])
def test_who_may_stop_a_new_access(who: str) -> None:
    viewer = PEOPLE[who]
    assert viewer
    concerned = {
        "here": Person("9", "C", roles={A: Role.EDITOR}),
        "in two places": Person("9", "C", roles={B: Role.MANAGER, A: Role.EDITOR}),
        "elsewhere": Person("9", "C", roles={B: Role.EDITOR}),
        "administrator": Person("9", "C", administrator=True),
        "nowhere": Person("9", "C"),
    }
    may = {name for name, person in concerned.items() if may_stop_recovery(viewer, person)}
    everywhere = {"administrator": set(concerned), "manager": {"here", "in two places"}}
    assert may == everywhere.get(who, set())
    assert may_stop_recovery(viewer, viewer)
