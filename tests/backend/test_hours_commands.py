"""`appui contacts` and `appui hours`: what an operator reads, changes, and is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click.testing
import pytest

from backend import clock
from backend.cli import main
from backend.permanences.schedule_reading import schedule_from_json
from tests.backend.test_schedule import CONTRACT, SCHEDULES
from tests.builders import Server

TODAY = clock.paris_day(clock.now())
Run = Callable[..., click.testing.Result]


@pytest.fixture
def data_dir(first_start: Path, tmp_path: Path) -> Path:
    shutil.copytree(first_start, tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def run(data_dir: Path) -> Run:
    """The command in this process, on a real database."""

    def invoke(*arguments: str, given: str | bytes | None = None) -> click.testing.Result:
        environment = {"APPUI_DATA_DIR": str(data_dir)}
        return click.testing.CliRunner().invoke(main, arguments, input=given, env=environment)

    return invoke


def _contents(data_dir: Path) -> list[str]:
    with sqlite3.connect(data_dir / "appui.sqlite3") as connection:
        return list(connection.iterdump())


def _contact(data_dir: Path, id_: str) -> dict[str, Any]:
    with sqlite3.connect(data_dir / "appui.sqlite3") as connection:
        query = "SELECT body FROM documents WHERE kind = 'contact' AND id = ?"
        body: dict[str, Any] = json.loads(connection.execute(query, (id_,)).fetchone()[0])
    return body


def _refused(result: click.testing.Result, lines: int | None = None) -> str:
    """Exit 2, nothing on stdout, each line of stderr one fault."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert told
    assert all(line.startswith("appui: ") for line in told)
    assert lines is None or len(told) == lines
    return result.stderr


def test_contacts_are_listed_by_urgency(run: Run) -> None:
    listed = json.loads(run("contacts", "--json").stdout)
    ranks = [("stale", "to_confirm", "confirmed", "withdrawn", "closed").index(line["status"]) for line in listed]
    assert ranks == sorted(ranks)
    confirmed = [line["confirm_by"] for line in listed if line["status"] == "confirmed"]
    assert confirmed == sorted(confirmed)
    by_id = {line["id"]: line for line in listed}
    turn = date.fromisoformat(by_id["3018"]["confirm_by"]) + timedelta(1)
    assert by_id["3018"]["next"] == {"on": turn.isoformat(), "status": "to_confirm"}
    assert by_id["dcdf"]["next"] is None
    assert len(run("contacts").stdout.splitlines()) == len(listed)


def test_confirming_dates_a_contact_and_keeps_all_else(run: Run, data_dir: Path) -> None:
    before = _contact(data_dir, "cidff-95")
    assert run("contacts", "confirm", "cidff-95").exit_code == 0
    dates = {"confirmed_on": TODAY.isoformat(), "confirm_by": (TODAY + timedelta(180)).isoformat()}
    assert _contact(data_dir, "cidff-95") == before | dates
    assert "confirmed" in next(line for line in run("contacts").stdout.splitlines() if "cidff-95 " in line)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("contacts", "confirm", "dcdf"), "closed since"),
        (("contacts", "confirm", "116000"), "withdrawn"),
        (("contacts", "confirm", "nobody"), "no contact 'nobody'"),
        (("contacts", "confirm", "\x1b[31mx"), "no contact"),
        (("contacts", "confirm"), "Missing argument"),
        (("contacts", "burn"), "No such command"),
        (("hours", "show", "nobody"), "no contact"),
        (("hours", "close", "dcdf", "--from", "2099-01-01", "--until", "2099-01-02"), "closed since"),
        (("hours", "close", "116000", "--from", "2099-01-01", "--until", "2099-01-02"), "has no schedule"),
        (("hours", "close", "3018", "--from", "2099-01-02", "--until", "2099-01-01"), "before the first"),
        (("hours", "close", "3018", "--from", "2020-01-01", "--until", "2020-01-02"), "past"),
        (("hours", "close", "3018", "--from", "2020-01-01", "--until", "2099-01-02"), "past"),
        (("hours", "close", "3018", "--from", "2099-02-29", "--until", "2099-03-02"), "not in the calendar"),
        (("hours", "close", "3018", "--from", "demain", "--until", "2099-03-02"), "not a date"),
        (("hours", "close", "3018", "--from", "20990101", "--until", "2099-03-02"), "not a date"),
        (("hours", "close", "3018", "--from", "2099-01-01"), "Missing option '--until'"),
        (("hours", "close", "3018", "--from", "2099-01-01", "--until", "2099-01-02", "--reason", "a\nb"), "ligne"),
        (("hours", "close", "3018", "--from", "2099-01-01", "--until", "2099-01-02", "--reason", "x" * 500), "500"),
        (("hours", "set", "3018", "/nowhere/hours.json"), "No such file"),
        (("hours", "set", "3018", "/dev/zero"), "plus de 512 Kio"),
        (("publish", "--loud"), "No such option"),
        (("publish", "-m", "a\udcff"), "no text"),
        (("publish", "-m", "a\x1b[31m"), "no text"),
        (("publish", "-m", "x" * 201), "200 at most"),
        (("drafts", "approve", "contact", "\udcff"), "not in UTF-8"),
        (("rollback", "9" * 23), "not in the range"),
        (("rollback", "77"), "no edition 77"),
        (("--loud",), "No such option"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, data_dir: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = _contents(data_dir)
    assert words in _refused(run(*arguments), lines=1)
    assert _contents(data_dir) == before


def test_what_is_shown_can_be_set_again(run: Run) -> None:
    shown = run("hours", "show", "3919", "--json").stdout
    again = run("hours", "set", "3919", "-", given=shown)
    assert again.exit_code == 0
    assert "Readers notice nothing" in again.stdout
    assert run("hours", "show", "3919", "--json").stdout == shown


def test_setting_hours_says_what_readers_will_notice(run: Run, data_dir: Path, tmp_path: Path) -> None:
    before = _contact(data_dir, "3018")
    file = tmp_path / "hours.json"
    file.write_text(json.dumps({"weekly": {"mo": [["09:00", "12:00"]]}, "note": "Émoji 😀"}))  # escaped as JSON does
    told = run("hours", "set", "3018", str(file))
    assert told.exit_code == 0
    assert "Le lundi : de 9\u00a0h à 12\u00a0h, au lieu de : de 9\u00a0h à 23\u00a0h" in told.stdout
    after = _contact(data_dir, "3018")
    assert {key: value for key, value in after.items() if before.get(key) != value} == {
        "schedule": json.loads(file.read_text())
    }
    assert run("hours", "show", "3018").stdout.splitlines()[0] == "Le lundi, de 9\u00a0h à 12\u00a0h"
    assert run("hours", "set", "116000", str(file)).exit_code == 0  # had none before


def test_the_contract_is_accepted(run: Run) -> None:
    assert run("hours", "set", "3018", "-", given=json.dumps(CONTRACT)).exit_code == 0
    assert json.loads(run("hours", "show", "3018", "--json").stdout) == CONTRACT


def test_closing_twice_merges_and_says_so(run: Run) -> None:
    first = run("hours", "close", "3018", "--from", "2099-12-24", "--until", "2099-12-26", "--reason", "Noël")
    assert first.stdout.splitlines()[0] == "closed: du 24 au 26\u00a0décembre 2099"
    second = run("hours", "close", "3018", "--from", "2099-12-23", "--until", "2099-12-28").stdout
    assert "closed: le 23" in second
    assert "already closed: du 24 au 26\u00a0décembre 2099 (Noël)" in second
    third = run("hours", "close", "3018", "--from", "2099-12-24", "--until", "2099-12-25")
    assert third.exit_code == 0
    assert not [line for line in third.stdout.splitlines() if line.startswith("closed:")]
    written = json.loads(run("hours", "show", "3018", "--json").stdout)
    assert [(found["from"], found["until"], found["reason"]) for found in written["exceptions"]] == [
        ("2099-12-23", "2099-12-23", None),
        ("2099-12-24", "2099-12-26", "Noël"),
        ("2099-12-27", "2099-12-28", None),
    ]
    assert schedule_from_json(written)


def test_closing_these_weeks_is_noticed(run: Run) -> None:
    told = run("hours", "close", "3018", "--from", str(TODAY), "--until", str(TODAY + timedelta(1))).stdout
    assert told.count("fermé, au lieu de") == 1  # two days in a row, one line


@pytest.mark.parametrize("written", [written for written, _ in SCHEDULES])
def test_a_malformed_schedule_changes_nothing(run: Run, data_dir: Path, written: str) -> None:
    before = (data_dir / "appui.sqlite3").read_bytes()
    _refused(run("hours", "set", "3018", "-", given=written))
    assert (data_dir / "appui.sqlite3").read_bytes() == before


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (b"", "stdin:1"),
        (b"{", "stdin:1"),
        (b'{\n"weekly": {,}}', "stdin:2"),
        (b'{"weekly": {}}\n{"weekly": {}}', "stdin:2"),
        (b"weekly:\n  mo: []\n", "stdin:1"),  # YAML is not JSON
        (b'{"note": 5}', "stdin:1"),
        (b'{"note": "a", "note": "b"}', "deux fois"),
        (b'{"note": "\xff"}', "UTF-8"),
        (b'{"note": "\\ud800"}', "Unicode"),
        (b'{"a\\nb\\u001b[31m": 1}', "a b?[31m"),
        (b'{"note": NaN}', "note"),
        (b'{"note": ' + b"9" * 5_000 + b"}", "JSON illisible"),
        (b"[" * 100_000, "JSON illisible"),
        (b'{"note": "' + b"x" * 600_000 + b'"}', "Kio"),
        (b'{\n "weekly": {\n  "mo": [["9:00", "12:00"]],\n  "lu": []\n },\n "x": 1\n}', "stdin:6: « x »"),
    ],
)
def test_every_fault_of_a_file_is_told_with_its_line(run: Run, data_dir: Path, written: bytes, words: str) -> None:
    before = _contents(data_dir)
    assert words in _refused(run("hours", "set", "3018", "-", given=written))
    assert _contents(data_dir) == before


def test_the_bytes_on_disk_are_the_same_after_a_refusal(data_dir: Path) -> None:
    """In a process of its own, as an operator runs it."""
    server = Server(data_dir)
    server.command("hours", "show", "3018")
    before = (data_dir / "appui.sqlite3").read_bytes()
    for arguments in (
        ("hours", "set", "dcdf", "/dev/stdin"),
        ("hours", "close", "3018", "--from", "x", "--until", "y"),
    ):
        assert server.command(*arguments, check=False).returncode == 2
    assert (data_dir / "appui.sqlite3").read_bytes() == before


def test_a_draft_is_seen_once_published(run: Run, data_dir: Path) -> None:
    run("hours", "close", "3018", "--from", str(TODAY), "--until", str(TODAY))
    published = run("publish", "--no-notice", "-m", "fermeture")
    assert (published.exit_code, published.stdout.strip()) == (0, "2")
    again = run("hours", "close", "3018", "--from", str(TODAY), "--until", str(TODAY))
    assert "Readers notice nothing" in again.stdout


def test_help_everywhere(run: Run) -> None:
    for words in ((), ("contacts",), ("contacts", "confirm"), ("hours",), ("hours", "show"), ("hours", "set"),
                  ("hours", "close"), ("publish",), ("rollback",), ("doctor",)):  # fmt: skip
        assert run(*words, "--help").exit_code == 0


def test_hours_go_to_openstreetmap_and_come_back(run: Run) -> None:
    run(
        "hours",
        "set",
        "3018",
        "-",
        given=json.dumps({"weekly": {"mo": [["09:00", "12:00"]], "fr": [["22:00", "26:00"]]}}),
    )
    told = run("hours", "show", "3018", "--osm").stdout.strip()
    assert told == "Mo 09:00-12:00; Fr 22:00-26:00; PH off"
    before = json.loads(run("hours", "show", "3018", "--json").stdout)
    run("hours", "set", "3018", "-", given="{}")
    assert run("hours", "osm", "3018", told).exit_code == 0
    assert json.loads(run("hours", "show", "3018", "--json").stdout) == before


@pytest.mark.parametrize("value", ["Mo, Tu 09:00-12:00", "Mo-Fr 9h-12h", "Mo-Fr 09:00+", "Mo 10:00-12:00 || off", ""])
def test_what_libraries_misread_is_refused_whole(run: Run, data_dir: Path, value: str) -> None:
    run("hours", "show", "3018")
    before = _contents(data_dir)
    _refused(run("hours", "osm", "3018", value))
    assert _contents(data_dir) == before


def test_silence_about_holidays_is_not_guessed(run: Run) -> None:
    assert "jours fériés" in _refused(run("hours", "osm", "3018", "Mo-Fr 09:00-12:00"), lines=2)
    assert run("hours", "osm", "3018", "Mo-Fr 09:00-12:00", "--holidays-too").exit_code == 0
    assert json.loads(run("hours", "show", "3018", "--json").stdout)["public_holidays"] == "as_usual"
