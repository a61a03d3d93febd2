"""`/api/v1/subscriptions` and `/api/v1/push-key`: between a browser of this site and us."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any

from litestar import Request, Response, Router, delete, get, post, put
from litestar.exceptions import HTTPException
from litestar.params import RawBody
from sqlalchemy import Connection, Engine

from backend import clock
from backend.notices import schema
from backend.notices.asking import RefusedAskingError, only, read_asked, read_contacts, read_object, text
from backend.notices.pending import PENDING_SECONDS, activate, ask, is_waiting
from backend.notices.subscriptions import Known, find, follow, stop
from backend.notices.vapid import Vapid, load_vapid
from backend.notices.vault import Vault, load_vault
from backend.settings import Settings
from backend.storage.engine import writing
from backend.web.client import client_key
from backend.web.errors import problem
from backend.web.rate_limit import RateLimit

LARGEST_BODY = 8 * 1024
JSON = "application/json"

Asking = Request[Any, Any, Any]


class UnknownSubscriptionError(LookupError):
    """No such subscription or token, or not its secret."""


class Desk:
    """What the addresses share: the database, the keys, who asks too much, the contacts that can be followed."""

    def __init__(self, engine: Engine, settings: Settings, followable: Callable[[], Collection[str]]) -> None:
        self.engine = engine
        self.settings = settings
        self.followable = followable
        # A class of thirty behind one address may ask at once; a flood from it fills a fifth of the table.
        self.asking = RateLimit(per_minute=30, burst=60)
        self._turn = Lock()

    @cached_property
    def vault(self) -> Vault:
        return load_vault(self.settings.keys_dir)

    @cached_property
    def vapid(self) -> Vapid:
        return load_vapid(self.settings)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One at a time here already: SQLite makes those who wait sleep, and forgets who came first."""
        with self._turn, writing(self.engine).begin() as connection:
            yield connection

    def proven(self, connection: Connection, values: dict[str, Any]) -> Known:
        """Raises UnknownSubscriptionError whatever is wrong: nobody learns here who is subscribed."""
        found = find(connection, self.vault, text(values, "endpoint"), text(values, "secret"))
        if found is None:
            raise UnknownSubscriptionError
        return found

    def read_proven(self, values: dict[str, Any]) -> Known:
        """The same, before any transaction that writes: guesses must not hold up the one writer."""
        with self.engine.connect() as connection:
            return self.proven(connection, values)


def subscription_routes(engine: Engine, settings: Settings, followable: Callable[[], Collection[str]]) -> Router:
    """`followable`: ids of the contacts of the served edition that can be followed; called from any thread."""
    desk = Desk(engine, settings, followable)
    return Router(
        "/api/v1",
        route_handlers=[_push_key(desk), _subscribe(desk), _activate(desk), _change(desk), _stop(desk)],
        request_max_body_size=LARGEST_BODY,
        exception_handlers={
            RefusedAskingError: lambda _, error: problem(400, detail=str(error)),
            UnknownSubscriptionError: lambda *_: problem(404, detail="Cet abonnement n’existe pas, ou plus."),
        },
        tags=["notices"],
    )


def _push_key(desk: Desk) -> Any:
    @get("/push-key", sync_to_thread=True, summary="The key to subscribe with", responses=schema.PUSH_KEY)
    def push_key() -> Response[schema.PushKey]:
        """`applicationServerKey` (RFC 8292), base64url. Never cached: it changes when the operator says so."""
        return Response({"key": desk.vapid.current.public})

    return push_key


def _subscribe(desk: Desk) -> Any:
    @post(
        "/subscriptions",
        sync_to_thread=True,
        status_code=202,
        summary="Ask to be told",
        operation_class=schema.Subscribe,
        responses=schema.PENDING,
    )
    def subscribe(request: Asking, body: RawBody) -> Response[schema.Pending]:
        """Sends one message to the browser, whose `notification.data.activation` is the token to activate with."""
        _demand_json(request)
        asked = read_asked(read_object(body), desk.settings.push_hosts_extra, desk.vapid, desk.followable())
        client, moment = client_key(request.scope, desk.settings.trusted_proxies), time.monotonic()  # type: ignore[arg-type]
        if not desk.asking.allow(client, moment):
            refused = problem(429)
            refused.headers["Retry-After"] = str(desk.asking.wait_seconds(client, moment))
            return refused  # type: ignore[return-value]
        with desk.writing() as connection:
            ask(connection, desk.vault, asked, clock.now())
        return Response({"pending_seconds": PENDING_SECONDS})

    return subscribe


def _activate(desk: Desk) -> Any:
    @post(
        "/subscriptions/activate",
        sync_to_thread=True,
        status_code=200,
        summary="Bring the token back",
        operation_class=schema.Activate,
        responses=schema.ACTIVE,
    )
    def activate_(request: Asking, body: RawBody) -> Response[schema.Active]:
        """Answers the secret that changing and stopping ask for. A token serves once, within ten minutes."""
        _demand_json(request)
        values = read_object(body)
        only(values, "token")
        token = text(values, "token")
        with desk.engine.connect() as connection:
            known = is_waiting(connection, token)
        if not known:
            raise UnknownSubscriptionError
        with desk.writing() as connection:
            secret = activate(connection, token, clock.now())
        if secret is None:
            raise UnknownSubscriptionError
        return Response({"secret": secret})

    return activate_


def _change(desk: Desk) -> Any:
    @put(
        "/subscriptions",
        sync_to_thread=True,
        summary="Choose other contacts",
        operation_class=schema.Change,
        responses=schema.CHANGED,
    )
    def change(body: RawBody) -> Response[schema.Followed]:
        """Also how a browser learns whether we still know it: with the same contacts, nothing changes."""
        values = read_object(body)
        known = desk.read_proven(values)
        only(values, "endpoint", "secret", "contacts")
        # What has closed since may stay in the list: one is told of it, and chooses.
        contacts = read_contacts(values, {*desk.followable(), *known.contacts})
        if set(contacts) != set(known.contacts):
            with desk.writing() as connection:
                known = desk.proven(connection, values)
                follow(connection, known.id, known.origin, contacts)
        return Response({"contacts": list(contacts)})

    return change


def _stop(desk: Desk) -> Any:
    @delete(
        "/subscriptions",
        sync_to_thread=True,
        summary="Stop",
        operation_class=schema.Stop,
        responses=schema.STOPPED,
    )
    def stop_(body: RawBody) -> None:
        """Nothing is kept of the subscription."""
        values = read_object(body)
        desk.read_proven(values)
        with desk.writing() as connection:
            stop(connection, desk.proven(connection, values).id)

    return stop_


def _demand_json(request: Asking) -> None:
    """Forms of other sites can post what they like, but not JSON under its name (a browser asks us first)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(status_code=415)
