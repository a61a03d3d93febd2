"""Links of every page: they lead somewhere, and tell others nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.builders import Server
from tests.conventions.conftest import Pages


def test_every_internal_link_and_anchor_resolves(server: Server, pages: Pages) -> None:
    known: dict[str, int] = {}
    broken, links = [], 0
    for url, page in pages.items():
        for element in page.tags("a", "link", "script", "img", "form"):
            address = element["href"] or element["src"] or element["action"]
            parts = urlsplit(address)
            if not address or parts.scheme or parts.netloc:
                continue
            links += 1
            path = parts.path or url
            assert path.startswith("/"), f"{url}: {address} is relative"
            if path not in known:
                known[path] = server.get(path)[0]
            if known[path] != 200:
                broken.append(f"{url}: {address} → {known[path]}")
            elif parts.fragment and not (path in pages and pages[path].having("id", parts.fragment)):
                broken.append(f"{url}: {address}: no such place")
    assert broken == []
    assert links > 1000


def test_ids_are_unique_and_labels_name_something(pages: Pages) -> None:
    for url, page in pages.items():
        ids = [element["id"] for element in page.having("id")]
        assert len(ids) == len(set(ids)), url
        for name in ("aria-labelledby", "for", "aria-describedby"):
            assert [e[name] for e in page.having(name) if e[name] not in ids] == [], url


def test_outgoing_links_do_not_say_where_one_came_from(pages: Pages) -> None:
    outgoing = 0
    for url, page in pages.items():
        for link in page.tags("a"):
            if urlsplit(link["href"]).scheme in ("http", "https"):
                outgoing += 1
                assert "noreferrer" in link["rel"].split(), f"{url}: {link['href']}"
                assert "target" not in link.attributes, "a new tab has no way back"
    assert outgoing > 200


def test_nothing_of_anybody_else_is_loaded(pages: Pages) -> None:
    for url, page in pages.items():
        for element in page.tags("script", "link", "img", "iframe", "source", "object", "embed", "video", "audio"):
            address = element["src"] or element["href"] or element["data"]
            assert not urlsplit(address).netloc, f"{url}: {address}"
        assert page.having("style") == [], f"{url}: a style of its own is refused by the policy"
        handlers = [e for e in page.all() if any(name.startswith("on") for name in e.attributes)]
        assert handlers == [], url


def test_the_way_out_is_first_for_the_keyboard_on_every_page(pages: Pages) -> None:
    for url, page in pages.items():
        first = page.first("body").focusable()[0]
        assert "data-exit" in first.attributes, url
        assert first["href"].startswith("https://"), url
        assert {"noreferrer"} <= set(first["rel"].split()), url
        # No other order than that of the page: nothing may jump before it.
        assert {e["tabindex"] for e in page.having("tabindex")} <= {"0", "-1"}, url


def test_every_page_but_the_home_page_has_its_own_way_back(pages: Pages) -> None:
    for url, page in pages.items():
        back = page.first("main").classed("back")
        assert len(back) == (0 if url == "/" else 1), url
        if back:
            assert back[0]["href"] in pages, url
