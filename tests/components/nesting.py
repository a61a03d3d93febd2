"""Is a piece of HTML well nested, and free of what our policy forbids? Standard library only."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What closes a paragraph in a browser: written inside one, it would end up outside.
BLOCKS = {
    "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "footer", "form",
    "h1", "h2", "h3", "header", "hr", "main", "nav", "ol", "p", "section", "table", "ul",
}  # fmt: skip
PRESSED = {"a", "button", "input", "label", "summary"}
PARENTS = {"li": {"ul", "ol"}, "dt": {"div", "dl"}, "dd": {"div", "dl"}, "summary": {"details"}}
PHRASING_ONLY = {"p", "span", "b", "small", "h1", "h2", "h3", "button", "summary"}


class Nesting(HTMLParser):
    """Feed it HTML, close it, read `faults`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, attrs)
        parent = self.open[-1] if self.open else None
        if tag in BLOCKS and (around := PHRASING_ONLY & set(self.open)):
            self.faults.append(f"<{tag}> inside <{sorted(around)[0]}>")
        if tag in ("a", "button") and (around := PRESSED & set(self.open)):
            self.faults.append(f"<{tag}> inside <{sorted(around)[0]}>")
        if tag in PARENTS and parent is not None and parent not in PARENTS[tag]:
            self.faults.append(f"<{tag}> inside <{parent}>")
        if parent in ("ul", "ol") and tag != "li":
            self.faults.append(f"<{tag}> straight inside <{parent}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> says an attribute twice")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}> is refused by the content security policy")
            if name == "id" and value in self.ids:
                self.faults.append(f"id {value!r} stands twice")
            if name == "id":
                self.ids.add(value or "")
            if name == "href" and (value or "").startswith("javascript:"):
                self.faults.append("a link that runs script")
        if tag == "script" and "src" not in names:
            self.faults.append("<script> without src")
        if tag == "img" and "alt" not in names:
            self.faults.append("<img> without alt")


def faults(html: str) -> list[str]:
    parser = Nesting()
    parser.feed(html)
    parser.close()
    return parser.faults + [f"<{tag}> is never closed" for tag in parser.open]
