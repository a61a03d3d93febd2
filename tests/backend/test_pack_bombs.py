"""Packs made to hang or to deceive: refused soon, with file and line, and nothing of Python in the fault."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.guidance.sorter import MOST_CHOICES, Choice, Question, Sorter, tree_faults
from backend.offline.pack import LARGEST_PACK, MOST_FILES
from backend.offline.pack_text import DEEPEST, LARGEST_FILE, read_yaml
from backend.records import Fault, Record
from tests.backend.test_pack import faults_of, real_files, zipped

# Of the processor, so that a busy machine changes nothing: an honest refusal takes one, a bomb minutes.
SECONDS = 10
LIMIT = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))\n"
READ = """
import sys
from pathlib import Path
from backend.offline.pack import read_pack
from backend.records import ContentError
try:
    read_pack(Path(sys.argv[1]))
except ContentError as error:
    sys.stdout.buffer.write(str(error).encode())
"""
FRONT = "---\ntitle: Un titre\n---\n"


def in_time(code: str, *arguments: str) -> str:
    """What a program writes; fails where it takes more than SECONDS."""
    command = [sys.executable, "-c", LIMIT + code, *arguments]
    return subprocess.run(command, capture_output=True, timeout=SECONDS * 20, check=True).stdout.decode()


def sorter(questions: int, choices: int) -> str:
    """Each choice of a question leads to the next: as many paths as choices to the power of questions."""
    asked = [
        {"id": f"q{n}", "ask": "?", "choices": [{"label": "oui", "to": f"q{n + 1}"}] * choices}
        for n in range(questions)
    ]
    return json.dumps({"id": "x", "start": "q0", "questions": asked, "outcomes": []})


# name → (file, its text, what the refusal says)
BOMBS = {
    "flow lists": ("pack.yaml", "[" * 400_000, "pack.yaml:1: YAML : trop imbriqué"),
    "flow lists on lines": ("pack.yaml", "[\n" * 200_000, f"pack.yaml:{DEEPEST + 1}: YAML : trop imbriqué"),
    "flow groups": ("pack.yaml", "{a: " * 100_000, "pack.yaml:1: YAML : trop imbriqué"),
    "flow keys": ("pack.yaml", "[? " * 150_000, "pack.yaml:1: YAML : trop imbriqué"),
    "block lists": ("pack.yaml", "- " * 200_000, "pack.yaml:1: YAML : trop imbriqué"),
    "front matter": ("guides/x.md", f"---\na: {'[' * 400_000}\n---\n", "guides/x.md:2: YAML : trop imbriqué"),
    "sorter of many paths": ("sorters/x.yaml", sorter(4, 150), "150 choix, 12 au plus"),
    "half links": ("guides/x.md", f"{FRONT}## A\n\n{'[a](' * 12_000}\n", "guides/x.md:6: paragraphe de plus de"),
    "half links on lines": ("guides/x.md", FRONT + "[a](\n" * 12_000, "guides/x.md:804: paragraphe de plus de"),
    "brackets": ("guides/x.md", f"{FRONT}{'[' * 60_000}", "guides/x.md:4: paragraphe de plus de"),
    "long guide": ("guides/x.md", f"{FRONT}{'[a](' * 50_000}", "guides/x.md:4: plus de 64 Kio"),
    "digits in a claim": ("notice_2020.yaml", f"- id: x\n  today: {'1' * 300_000}", "notice_2020.yaml: plus de 64 Kio"),
}


@pytest.mark.parametrize(("name", "text", "refusal"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_in_time(tmp_path: Path, name: str, text: str, refusal: str) -> None:
    assert refusal in in_time(READ, str(zipped(tmp_path, {name: text})))


def test_a_guide_full_of_almost_too_long_paragraphs_is_read_in_time(tmp_path: Path) -> None:
    paragraph = ("![[](" * 800)[:3_990]
    assert "images" in in_time(READ, str(zipped(tmp_path, {"guides/x.md": FRONT + "\n\n".join([paragraph] * 8)})))


def test_the_penalty_is_found_in_time_whatever_the_number() -> None:
    code = """
from backend.guidance.advice import _PENALTY as found
bombs = ["1" * 300_000, "1 " * 150_000, "1\\u00a0" * 150_000, "1" + "\\u202f" * 300_000]
penalties = ["3\\u202f700\\u00a0\\u20ac", "45\\u00a0000 euros".replace(" ", "\\u00a0"), "1" * 300_000 + "\\u20ac"]
print([bool(found.search(text)) for text in bombs], [bool(found.search(text)) for text in penalties])
"""
    assert in_time(code).strip() == "[False, False, False, False] [True, True, True]"


def test_a_sorter_is_walked_once_for_each_depth() -> None:
    choices = tuple(Choice("oui", f"q{n}") for n in range(MOST_CHOICES))
    questions = tuple(Question(f"q{n}", "?", None, choices) for n in range(MOST_CHOICES))
    faults = tree_faults(Sorter("x", "q0", questions, ()))
    assert len(faults) == MOST_CHOICES
    assert all("plus de 4 questions" in fault for fault in faults)


def test_depth_is_refused_one_level_above_the_limit() -> None:
    faults: list[Fault] = []
    assert read_yaml("[" * DEEPEST + "a" + "]" * DEEPEST, "x", faults)
    assert not faults
    read_yaml("[" * (DEEPEST + 1) + "a" + "]" * (DEEPEST + 1), "x", faults)
    assert [str(fault) for fault in faults] == [f"x:1: YAML : trop imbriqué, {DEEPEST} niveaux au plus"]


@pytest.mark.parametrize("text", ["name: a\n? [a, b]\n: c", "name: a\n? {a: b}\n: c", "name: a\n{a: b}: c"])
def test_a_key_that_is_no_word_is_refused_in_french(tmp_path: Path, text: str) -> None:
    faults = faults_of(zipped(tmp_path, {**real_files(), "pack.yaml": text}))
    assert any(fault.startswith("pack.yaml:2: YAML : une clé est un mot") for fault in faults), faults
    assert not any("Node" in fault for fault in faults)


def test_a_day_is_written_in_one_way_only() -> None:
    refused = ("2027-W05-1", "20270501", "2027W051", "2027-5-1", "2027-02-30", "2027-05-01T00:00", "２027-05-01")
    for text in refused:
        record = Record({"on": text}, "x", [])
        assert record.optional_day("on") is None
        assert "n’est pas une date" in record.faults[0].message, text
    assert Record({"on": "2027-05-01"}, "x", []).optional_day("on") == date(2027, 5, 1)


@pytest.mark.parametrize("value", [1, 0, 1.0, "1", "true", "", [], {}])
def test_a_flag_is_true_or_false(value: Any) -> None:
    record = Record({"on": value}, "x", [])
    assert record.flag("on") is False
    assert "true ou false" in record.faults[0].message


def test_a_flag_in_yaml_is_true_false_or_nothing() -> None:
    for text, read in {"true": True, "False": False, "null": None, "yes": "yes", "off": "off", "1": "1"}.items():
        assert read_yaml(f"on: {text}", "x", []) == {"on": read}


UNSEEN = ["\0", "\x07", "\x1b", "\r", "\x7f", "\x85", "\u202a", "\u202e", "\u2066", "\u2069"]


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
@pytest.mark.parametrize("name", ["guides/preuves.md", "pack.yaml", "sorters/images.yaml"])
def test_what_cannot_be_seen_is_refused_with_its_line(tmp_path: Path, name: str, character: str) -> None:
    files = real_files()
    first, rest = files[name].split("\n", 1)
    faults = faults_of(zipped(tmp_path, {**files, name: f"{first}\n# a{character}b\n{rest}"}))
    assert any(fault.startswith(f"{name}:2: caractère U+{ord(character):04X}") for fault in faults), faults


@pytest.mark.parametrize("written", [r"\0", r"\a", r"\x7f", r"\u202e", r"\u2066", r"\ud800"])
def test_what_cannot_be_seen_is_refused_where_yaml_spells_it_out(tmp_path: Path, written: str) -> None:
    for text in (f'language: fr\nname: "a{written}"', f'language: fr\n"a{written}": b', f'a: b\nb: ["a{written}"]'):
        faults = faults_of(zipped(tmp_path, {"pack.yaml": text}))
        assert any(fault.startswith("pack.yaml:2: ") for fault in faults), faults


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    body = b"---\n\xed\xa0\x80\n---\n"
    assert "guides/x.md:2: le fichier n’est pas en UTF-8" in faults_of(zipped(tmp_path, {"guides/x.md": body}))
    record = Record({"title": "a\ud800"}, "x", [])
    record.text("title")
    assert "caractère de contrôle" in record.faults[0].message


def test_tabs_and_windows_lines_are_no_fault(tmp_path: Path) -> None:
    texts = real_files()
    texts["guides/preuves.md"] += "Un\tmot.\n"
    files: dict[str, str | bytes] = {name: text.replace("\n", "\r\n") for name, text in texts.items()}
    assert in_time(READ, str(zipped(tmp_path, files))) == ""


def folder_of(path: Path, files: dict[str, int]) -> Path:
    """A folder of files of these sizes; they are holes, and take no room."""
    for name, size in files.items():
        (path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        with (path / "pack" / name).open("wb") as file:
            file.truncate(size)
    return path / "pack"


def test_a_folder_has_the_limits_of_an_archive(tmp_path: Path) -> None:
    many = folder_of(tmp_path / "many", {f"guides/g{n}.md": 1 for n in range(MOST_FILES + 1)})
    assert faults_of(many) == [f"pack: plus de {MOST_FILES} fichiers"]
    heavy = folder_of(
        tmp_path / "heavy", {f"guides/g{n}.md": LARGEST_FILE for n in range(LARGEST_PACK // LARGEST_FILE + 1)}
    )
    assert "pack trop grand" in faults_of(heavy)[0]
    # A terabyte: whoever reads it before weighing it does not come back.
    huge = folder_of(tmp_path / "huge", {"guides/g.md": 1 << 40})
    assert "pack trop grand" in in_time(READ, str(huge))
    large = folder_of(tmp_path / "large", {"guides/g.md": LARGEST_FILE + 1})
    assert "guides/g.md: plus de 512 Kio" in faults_of(large)


def test_a_damaged_or_strangely_packed_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"guides/x.md": "a b c d e f " * 1000})
    body = bytearray(path.read_bytes())
    body[45:60] = b"\xff" * 15
    path.write_bytes(body)
    assert "illisible" in faults_of(path)[0]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("guides/x.md", "a")
    assert any("compression" in fault for fault in faults_of(path))
    path.write_bytes(bytes(LARGEST_PACK + 1))
    assert "pack trop grand" in faults_of(path)[0]
