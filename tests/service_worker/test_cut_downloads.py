"""A download that breaks off, at many places: the old edition stays whole, the next one resumes.

`--long`: sixty places of the first download and eight of each file of an update; in `make test` fourteen and four.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service_worker.link import Link, cut, paced, shortened
from tests.service_worker.phone import Phone
from tests.service_worker.press import Edition, Press

pytestmark = pytest.mark.browser
CHANGED = ("/", "/guides/temoin/", "/contacts/3018/")
WAYS = {"breaks off": cut, "ends early": shortened}


def places(size: int, count: int) -> list[int]:
    """The first and the last bytes, and others spread between them."""
    return sorted({0, 1, size - 1, *(round(size * part / count) for part in range(1, count - 1))})


@pytest.fixture(autouse=True)
def straight(link: Link) -> Iterator[None]:
    yield
    link.straighten()


def completes(phone: Phone, link: Link, edition: Edition) -> None:
    """The next good link brings the whole edition, and downloads what was missing, no blob more."""
    lacking = {f"/b/{name}" for name in edition.hashes} - phone.blobs()
    nothing = len(lacking) == len(edition.hashes)
    start = len(link.seen)
    assert phone.sync() == {"ok": True, "changed": True}
    wanted = [f"/bundle/{edition.number}"] if nothing else sorted(lacking)
    # The manifest may come twice: a broken one that the browser kept has to be asked for past its cache.
    assert sorted(path for path in link.paths(start) if path != "/edition.json") == wanted


@pytest.mark.parametrize("way", WAYS)
def test_a_first_download_cut_anywhere_shows_nothing_false_and_resumes(
    reader: Phone, link: Link, press: Press, way: str, pytestconfig: pytest.Config
) -> None:
    edition = press.last
    link.serve(edition.answers())
    bundle = f"/bundle/{edition.number}"
    count = 30 if pytestconfig.getoption("--long") else 7
    trials = places(len(edition.answers()[bundle]), count - 1)
    for at in trials:
        reader.ask("forget")
        with link.bent({bundle: WAYS[way](at)}):
            assert reader.sync() == {"ok": False, "full": False}, at
        store = reader.store()
        assert store["pointers"] == {}, at
        assert all(name == true for name, true in store["blobs"].items()), at
        # A break may lose what the browser had not handed over yet; an early end loses nothing.
        kept, whole = len(store["blobs"]), whole_blobs(edition, at)
        assert kept <= whole if way == "breaks off" else kept == whole, at
        completes(reader, link, edition)
        reader.must_show(edition, link)
    assert len(trials) == count


def test_a_slow_first_download_keeps_what_came_before_the_break(reader: Phone, link: Link, press: Press) -> None:
    edition = press.last
    link.serve(edition.answers())
    bundle = f"/bundle/{edition.number}"
    at = len(edition.answers()[bundle]) // 2
    reader.ask("forget")
    with link.bent({bundle: lambda answer: paced(400_000)(cut(at)(answer))}):
        assert reader.sync()["ok"] is False
    assert len(reader.store()["blobs"]) >= whole_blobs(edition, at) * 0.8
    completes(reader, link, edition)


def whole_blobs(edition: Edition, at: int) -> int:
    sizes = {file.sha256: file.size for file in edition.files.values()}
    count = 0
    for name in edition.hashes:
        at -= sizes[name]
        count += at >= 0
    return count


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", ["/edition.json", *CHANGED])
def test_an_update_cut_anywhere_leaves_the_old_edition_and_resumes(
    reader: Phone, link: Link, press: Press, way: str, what: str, pytestconfig: pytest.Config
) -> None:
    if reader.edition() is None:
        link.serve(press.last.answers())
        reader.sync()
    size = len(press.last.answers()["/edition.json"] if what == "/edition.json" else press.last.bodies[what])
    for at in places(size, 7 if pytestconfig.getoption("--long") else 3):
        old, new = press.last, press.next(*CHANGED)
        link.serve(new.answers())
        path = "/edition.json" if what == "/edition.json" else new.path_of(what)
        with link.bent({path: WAYS[way](at)}):
            assert reader.sync() == {"ok": False, "full": False}, at
            reader.must_show(old, link)
        completes(reader, link, new)
        # The pages that changed; all the others are looked at in the next round.
        reader.must_show(new, link, *CHANGED)
    reader.must_show(press.last, link)
