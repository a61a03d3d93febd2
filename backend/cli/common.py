"""What every command begins with, and how it says what is wrong."""

from __future__ import annotations

import json
import os
from typing import Any

import click
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from backend import clock
from backend.files import KeyMissingError
from backend.offline.assets import AssetMissingError
from backend.offline.signing import SigningKey, load_key
from backend.offline.start import prepare
from backend.records import ContentError, RefusedError
from backend.settings import Settings, SettingsError, from_environment
from backend.staff import audit
from backend.storage.backup import BackupError
from backend.storage.engine import open_engine
from backend.storage.migrate import UnknownVersionError
from backend.storage.revisions import OPERATOR

_MENDABLE = (
    AssetMissingError,
    BackupError,
    ContentError,
    KeyMissingError,
    LookupError,
    OSError,
    RefusedError,
    SettingsError,
    UnknownVersionError,
)


LARGEST_NUMBER = 2**31 - 1  # of an edition: what both databases hold
# Of a command that takes an id made by chance: one in 64 begins with a hyphen, and would be read as options.
TAKES_ANY_ID = {"ignore_unknown_options": True}


class Refused(click.ClickException):
    """Something the operator can mend: one line a fault on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        for line in self.message.splitlines():
            click.echo(f"appui: {line}", err=True)


class Appui(click.Group):
    """Turns what an operator can mend into clear lines instead of a stack trace."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        try:
            return super().parse_args(context, arguments)
        except click.UsageError as error:
            raise _one_line(error) from error

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except click.UsageError as error:
            raise _one_line(error) from error
        except _MENDABLE as error:
            raise Refused(str(error)) from error
        except UnicodeEncodeError as error:
            # Of what was given, a part is no text: nothing holds it, neither the database nor a page.
            raise Refused("an argument is not in UTF-8") from error
        except SQLAlchemyError as error:
            raise Refused(f"the database does not answer ({type(error).__name__})") from error


def _one_line(error: click.UsageError) -> click.ClickException:
    """What click tells in a paragraph; a group called without a command still shows its help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error
    command = error.ctx.command_path if error.ctx else "appui"
    return Refused(f"{' '.join(error.format_message().split())} See `{command} --help`.")


@click.group(cls=Appui)
@click.version_option(package_name="appui")
def main() -> None:
    """Guides et contacts lisibles sans réseau."""
    os.umask(0o077)  # what we write is for our own account


def read_settings() -> Settings:
    try:
        return from_environment()
    except SettingsError as error:
        raise Refused(str(error)) from error


def say(line: str) -> None:
    """Beside the result: stdout is for programs."""
    click.echo(line, err=True)


def opened() -> tuple[Settings, Engine, SigningKey]:
    """Settings, a prepared database and the signing key: what most commands begin with."""
    settings = read_settings()
    engine = open_engine(settings)
    prepare(settings, engine, clock.now(), say)
    return settings, engine, load_key(settings.keys_dir)


def echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def write_down(connection: Connection, action: str, subject: str, **details: object) -> None:
    """What the operator just did, in the journal, in the same transaction. A file's name may be anything: what no
    database takes is replaced, what is too long is cut."""
    plain = subject.encode("utf-8", "replace").decode()[: audit.LONGEST_SUBJECT]
    audit.record(connection, OPERATOR, action, plain, details, clock.now())
