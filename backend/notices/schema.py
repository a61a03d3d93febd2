"""The JSON of subscriptions as `/schema` tells it (OpenAPI 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict

from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from backend.notices.addresses import LONGEST_ENDPOINT
from backend.notices.asking import MOST_CONTACTS
from backend.web.errors import PROBLEM
from backend.web.schema import Problem


class PushKey(TypedDict):
    key: str


class Pending(TypedDict):
    pending_seconds: int


class Active(TypedDict):
    secret: str


class Followed(TypedDict):
    contacts: list[str]


_FAULTS = {
    400: "The body is not what is described here",
    404: "No such subscription or token, or a wrong secret: which of them is not told",
    413: "The body is above 8 KiB",
    415: "The body is not said to be application/json",
    429: "Too many from one address: Retry-After says when",
    503: "Not possible now: try again",
}


def _told(status: int, shape: Any, *faults: int) -> dict[int, ResponseSpec]:
    problems = {
        fault: ResponseSpec(Problem, generate_examples=False, description=_FAULTS[fault], media_type=PROBLEM)
        for fault in (*faults, 503)
    }
    return {status: ResponseSpec(shape, generate_examples=False, description=""), **problems}


PUSH_KEY = _told(200, PushKey)
PENDING = _told(202, Pending, 400, 413, 415, 429)
ACTIVE = _told(200, Active, 400, 404, 413, 415)
CHANGED = _told(200, Followed, 400, 404, 413)
STOPPED = _told(204, None, 400, 404, 413)

_TEXT = Schema(type=OpenAPIType.STRING)
_ENDPOINT = Schema(type=OpenAPIType.STRING, max_length=LONGEST_ENDPOINT, description="As the browser gives it")
_CONTACTS = Schema(type=OpenAPIType.ARRAY, items=_TEXT, min_items=1, max_items=MOST_CONTACTS)
_PROOF = {"endpoint": _ENDPOINT, "secret": _TEXT}


def _object(properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        properties=dict(properties),
        required=[name for name in properties if name not in optional],
        additional_properties=False,
    )


@dataclass
class _Described(Operation):
    """Bodies are read by hand, in an order of ours (a wrong secret says nothing of the rest); here they are told."""

    body: ClassVar[Schema]

    def __post_init__(self) -> None:
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=self.body)}, required=True)


class Subscribe(_Described):
    body = _object(
        {
            "endpoint": _ENDPOINT,
            "keys": _object({"p256dh": _TEXT, "auth": _TEXT}),
            "contacts": _CONTACTS,
            "push_key": Schema(
                type=OpenAPIType.STRING,
                description="The key it was made with; left out: the one now in use",
            ),
            "expirationTime": Schema(description="As `PushSubscription.toJSON()` has it; not kept"),
        },
        optional=("push_key", "expirationTime"),
    )


class Activate(_Described):
    body = _object({"token": _TEXT})


class Change(_Described):
    body = _object({**_PROOF, "contacts": _CONTACTS})


class Stop(_Described):
    body = _object(_PROOF)
