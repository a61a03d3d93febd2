"""Answers that are not what they claim are refused one and all, and harm nothing that comes later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service_worker.lies import BUNDLES, LIES, OTHER, PAGE
from tests.service_worker.link import Link
from tests.service_worker.phone import Phone
from tests.service_worker.press import Edition, Press

pytestmark = pytest.mark.browser

REFUSED = {"ok": False, "full": False}
DONE = {"ok": True, "changed": True}


@pytest.fixture
def old(reader: Phone, link: Link, press: Press) -> Iterator[Edition]:
    """What the phone holds before the trial, whatever the trial before has done to it."""
    link.straighten()
    if reader.edition() != press.last.number:
        link.serve(press.last.answers())
        assert reader.sync() == DONE
    yield press.last
    link.straighten()


@pytest.mark.parametrize("lie", LIES)
def test_a_false_answer_leaves_the_old_edition_and_a_true_one_completes(
    reader: Phone, link: Link, press: Press, old: Edition, lie: str
) -> None:
    new = press.next(PAGE, OTHER)
    link.serve(new.answers())
    with link.bent(LIES[lie](new)):
        assert reader.sync() == REFUSED
        reader.must_show(old, link)
    assert reader.sync() == DONE
    # The pages that changed; all the others are looked at in the next trial.
    reader.must_show(new, link, PAGE, OTHER)


@pytest.mark.parametrize("lie", BUNDLES)
def test_a_false_bundle_stores_no_false_page_and_a_true_answer_completes(
    reader: Phone, link: Link, press: Press, lie: str
) -> None:
    edition = press.last
    link.serve(edition.answers())
    reader.ask("forget")
    with link.bent(BUNDLES[lie](edition)):
        assert reader.sync() == REFUSED
    store = reader.store()
    assert store["pointers"] == {}
    assert all(name == true for name, true in store["blobs"].items())
    assert reader.sync() == DONE
    reader.must_show(edition, link)


def test_the_trials_are_as_many_as_were_asked_for() -> None:
    assert len(LIES) + len(BUNDLES) >= 50
