"""Packs: the real one is sound; a hostile or careless one is refused whole, with file and line."""

from __future__ import annotations

import contextlib
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.offline.pack import PACKS, read_pack, write_pack
from backend.records import ContentError
from backend.storage.documents import Document

REAL = PACKS / "val_doise"


def real_files() -> dict[str, str]:
    return {str(path.relative_to(REAL)): path.read_text() for path in REAL.rglob("*") if path.is_file()}


def zipped(folder: Path, files: dict[str, str | bytes]) -> Path:
    path = folder / "pack.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def faults_of(path: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        read_pack(path)
    return [str(fault) for fault in caught.value.faults]


def test_the_real_pack_goes_out_and_comes_back(tmp_path: Path, val_doise: list[Document]) -> None:
    write_pack(val_doise, tmp_path / "pack.zip")
    assert sorted(read_pack(tmp_path / "pack.zip"), key=str) == sorted(val_doise, key=str)


# (file, what to replace, by what, where the fault is told, a word of it)
CARELESS = [
    ("guides/preuves.md", "tab:", "onglet:", "guides/preuves.md:", "clé inconnue"),
    ("guides/preuves.md", "review_by: ", "review_by: 31/12/", "guides/preuves.md:", "n’est pas une date"),
    ("guides/preuves.md", "review_by: ", "review_by: 2020-01-01 # ", "guides/preuves.md:", "doit venir après"),
    ("guides/preuves.md", "## ", "## <b>Gras</b> ", "guides/preuves.md:", "HTML"),
    ("guides/preuves.md", "## ", "<script>alert(1)</script>\n\n## ", "guides/preuves.md:", "HTML"),
    ("guides/preuves.md", "\n## ", "\n[x](javascript:alert)\n\n## ", "guides/preuves.md:", "lien refusé"),
    ("guides/preuves.md", "\n## ", "\n[x](https://evil.example/)\n\n## ", "guides/preuves.md:", "refusé"),
    (
        "guides/preuves.md",
        "\n## ",
        "\nVoir https://evil.example/ ici.\n\n## ",
        "guides/preuves.md:",
        "adresse en clair",
    ),
    ("guides/preuves.md", "\n## ", "\n![x](source:cp-226-2)\n\n## ", "guides/preuves.md:", "refusé"),
    ("guides/preuves.md", "\n## ", "\n@contact 9999\n\n## ", "guides/preuves.md:", "n’existe pas"),
    ("guides/preuves.md", "\n## ", "\n@video 9999\n\n## ", "guides/preuves.md:", "consigne inconnue"),
    ("guides/preuves.md", "\n## ", "\nUne amende de 3 700 €.\n\n## ", "guides/preuves.md:", "jusqu’à"),
    ("guides/preuves.md", "\n## ", "\nJusqu’à 3 700 € d’amende.\n\n## ", "guides/preuves.md:", "source"),
    ("guides/preuves.md", "\n## ", "\nAu minimum, un an.\n\n## ", "guides/preuves.md:", "minimum"),
    ("guides/preuves.md", "---\n", "", "guides/preuves.md:1", "---"),
    ("contacts.yaml", "kind: phone", "kind: pigeon", "contacts.yaml:", "n’est pas parmi"),
    ("contacts.yaml", "confidence: high", "confidence: sure", "contacts.yaml:", "n’est pas parmi"),
    ("contacts.yaml", "confirm_by:", "confirmer:", "contacts.yaml:", "clé inconnue"),
    ("organisations.yaml", "scope: national", "scope: mondial", "organisations.yaml:", "n’est pas parmi"),
    ("pack.yaml", "language: fr", "language: fr\nlanguage: fr", "pack.yaml:", "deux fois"),
    ("pack.yaml", "name: ", "name: &a ", "pack.yaml:", "ancres"),
    ("pack.yaml", "name: ", "name: !!python/object/apply:os.system ", "pack.yaml:", "étiquettes"),
    ("pack.yaml", "name: ", "name: [", "pack.yaml:", "YAML"),
    ("sorters/images.yaml", "start: ", "start: nulle-part # ", "sorters/images.yaml:", "ni une question"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "word"), CARELESS, ids=[f"{c[0]}-{c[4]}-{c[2][:12]!r}" for c in CARELESS]
)
def test_a_careless_file_is_refused_where_it_is_wrong(
    tmp_path: Path, name: str, old: str, new: str, place: str, word: str
) -> None:
    files = real_files()
    assert old in files[name]
    faults = faults_of(zipped(tmp_path, {**files, name: files[name].replace(old, new, 1)}))
    assert any(fault.startswith(place) and word in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("contacts.yaml", "organisation: 'e-enfance'", "organisation: personne"),
        ("contacts.yaml", "  source:", "  source: nulle part\n  keywords:"),
        ("contacts.yaml", "beside: [", "beside: [personne, "),
        ("organisations.yaml", "successors: [", "successors: [personne, "),
        ("sorters/images.yaml", "      - take-it-down", "      - personne"),
    ],
)
def test_a_fault_is_told_with_its_line_even_where_it_takes_two_files_to_see_it(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    files = real_files()
    assert old in files[name]
    faults = faults_of(zipped(tmp_path, {**files, name: files[name].replace(old, new, 1)}))
    assert faults
    assert [fault for fault in faults if fault.startswith(name) and not re.match(r"[^:]+:\d+: ", fault)] == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_twice_in_an_archive_is_refused(tmp_path: Path) -> None:
    """Programs that open it show one or the other."""
    path = zipped(tmp_path, dict(real_files()))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("guides/preuves.md", "autre chose")
    assert "guides/preuves.md: ce fichier est deux fois dans le pack" in faults_of(path)


def test_a_wrong_number_is_refused(tmp_path: Path) -> None:
    for value in ("01 30 32 72 29", "013032722", "tel:17", "0130327229;ext=1", "+44123456789", "٠١٣٠٣٢٧٢٢٩"):
        files: dict[str, str | bytes] = dict(real_files())
        files["contacts.yaml"] = str(files["contacts.yaml"]).replace("0130327229", value, 1)
        assert any("value" in fault for fault in faults_of(zipped(tmp_path, files)))


def test_a_closed_organisation_shows_no_number(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = dict(real_files())
    lines = str(files["contacts.yaml"]).split("\n")
    start = next(i for i, line in enumerate(lines) if "dcdf" in line and "id:" in line)
    at = next(i for i in range(start, len(lines)) if "value:" in lines[i])
    lines[at] = lines[at].split("value:")[0] + 'value: "0130731833"'
    files["contacts.yaml"] = "\n".join(lines)
    assert any("fermé" in fault for fault in faults_of(zipped(tmp_path, files)))


HOSTILE: dict[str, dict[str, str | bytes]] = {
    "climbs out": {"../guides/x.md": "---\n"},
    "absolute": {"/etc/passwd": "x"},
    "backslash": {"guides\\..\\x.md": "x"},
    "unknown file": {"guides/run.sh": "#!/bin/sh"},
    "not text": {"guides/x.md": b"\xff\xfe\x00"},
    "too large": {"guides/x.md": "a" * (600 * 1024)},
    "billion laughs": {"pack.yaml": "a: &a [x,x]\nb: &b [*a,*a]\nname: [*b,*b]\n"},
    "deep": {"pack.yaml": "[" * 5000},
    "control characters": {"pack.yaml": "name: \x07"},
    "no list": {"contacts.yaml": "a: b"},
    "list of texts": {"contacts.yaml": "- a\n- b"},
    "no id": {"contacts.yaml": "- kind: phone"},
    "long id": {"contacts.yaml": f"- id: {'x' * 300}"},
}


@pytest.mark.parametrize("extra", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_is_refused(tmp_path: Path, extra: dict[str, str | bytes]) -> None:
    assert faults_of(zipped(tmp_path, {**real_files(), **extra}))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"guides/g{n}.md": b"\0" * 500_000 for n in range(30)}
    assert "trop grand" in faults_of(zipped(tmp_path, files))[0]


def test_too_many_files_and_no_archive_at_all(tmp_path: Path) -> None:
    assert faults_of(zipped(tmp_path, {f"guides/g{n}.md": "" for n in range(500)}))
    path = tmp_path / "not.zip"
    path.write_bytes(b"PK\x03\x04 not really")
    assert "illisible" in faults_of(path)[0]


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    for name, body in real_files().items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_text(body)
    (tmp_path / "pack" / "guides" / "secret.md").symlink_to("/etc/hostname")
    assert any("liens" in fault for fault in faults_of(tmp_path / "pack"))


def test_garbage_anywhere_is_a_clear_refusal_or_harmless(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Thirty times; `--long`: a thousand."""
    real = real_files()

    @hypothesis_settings(max_examples=1000 if pytestconfig.getoption("--long") else 30, deadline=None)
    @given(st.sampled_from(sorted(real)), st.integers(0, 4000), st.binary(max_size=40))
    def read(name: str, at: int, garbage: bytes) -> None:
        body = real[name].encode()
        path = zipped(tmp_path, {**real, name: body[:at] + garbage + body[at:]})
        with contextlib.suppress(ContentError):  # anything else that is raised is a failure
            read_pack(path)

    read()
