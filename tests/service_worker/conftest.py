"""A phone, a link that can fail, and a real server behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.builders import Server, running_server
from tests.chromium import PHONE
from tests.service_worker.link import Link
from tests.service_worker.phone import Phone
from tests.service_worker.press import Press


@pytest.fixture(scope="module")
def link(server: Server) -> Iterator[Link]:
    """One for all trials of a file: the phone stays the same, only the answers change."""
    with Link(server) as running:
        yield running


@pytest.fixture
def door(server: Server) -> Iterator[Link]:
    """One for a single trial: its addresses are its own."""
    with Link(server) as running:
        yield running


@pytest.fixture(scope="module")
def press(server: Server) -> Press:
    return Press(server)


@pytest.fixture(scope="module")
def reader(chromium: Browser, link: Link) -> Iterator[Phone]:
    """A phone that holds the real edition 1, on a page that stays open and looks for another only when it is told:
    what it does every forty seconds would fall between a break and the look at what it left."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script("window.setInterval = () => 0")
    yield Phone(context, link.url).visit()
    context.close()


@pytest.fixture(scope="module")
def changing(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server that a file of tests may publish on and kill: the shared one's content, keys included."""
    copy = tmp_path_factory.mktemp("changing") / "var"
    shutil.copytree(server.data_dir, copy)  # the shared one is only read: its database stands still
    with running_server(copy) as running:
        yield running
