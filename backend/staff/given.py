"""What the door gives to the handlers behind it, by the names of their parameters (`guards.staff_side`)."""

from __future__ import annotations

from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.staff.policy import Person
from backend.staff.sessions import Session

Me = NamedDependency[Person]  # `person`
Here = NamedDependency[Session]  # `session`
Form = NamedDependency[dict[str, str]]  # `posted`
Json = NamedDependency[dict[str, Any]]  # `sent`

# From the address.
Id = FromPath[str]
Number = FromPath[int]
