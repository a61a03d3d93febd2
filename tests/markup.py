"""Pages as trees, without a browser: enough of HTML to ask a page what stands where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
HIDDEN = frozenset(("script", "style", "title", "template"))
FOCUSABLE = frozenset(("button", "input", "select", "textarea", "summary"))


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, keep: Callable[[Element], bool] = lambda _: True) -> Iterator[Element]:
        """Elements below, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                if keep(child):
                    yield child
                yield from child.all(keep)

    def tags(self, *names: str) -> list[Element]:
        return list(self.all(lambda element: element.tag in names))

    def having(self, name: str, value: str | None = None) -> list[Element]:
        return list(self.all(lambda e: name in e.attributes and value in (None, e[name])))

    def classed(self, name: str) -> list[Element]:
        return list(self.all(lambda element: name in element["class"].split()))

    def first(self, tag: str) -> Element:
        return self.tags(tag)[0]

    def inside(self, *names: str) -> Element | None:
        """The nearest element around this one with one of these tags."""
        around = self.parent
        while around is not None and around.tag not in names:
            around = around.parent
        return around

    @property
    def text(self) -> str:
        parts = [
            child if isinstance(child, str) else "" if child.tag in HIDDEN else child.text for child in self.children
        ]
        return "".join(parts)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def focusable(self) -> list[Element]:
        return list(self.all(lambda e: e.tag in FOCUSABLE or (e.tag == "a" and "href" in e.attributes)))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":  # our two smallest pages leave its end out, as HTML allows
            self._close_implied("li", "ul", "ol")
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def _close_implied(self, tag: str, *limits: str) -> None:
        around: Element | None = self._open
        while around is not None and around.tag not in limits:
            if around.tag == tag and around.parent:
                self._open = around.parent
                return
            around = around.parent

    def handle_endtag(self, tag: str) -> None:
        around: Element | None = self._open
        while around is not None and around.tag != tag:
            around = around.parent
        if around is not None and around.parent is not None:
            self._open = around.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)


def parse(html: str) -> Element:
    builder = _Builder()
    builder.feed(html)
    return builder.root
