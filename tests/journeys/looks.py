"""Scripts that look at a page as it stands: barriers, sizes, what covers what."""

from __future__ import annotations

from playwright.sync_api import Page

NARROW = {"width": 320, "height": 740}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a darker page can break: everything else stands as it stood.
COLOURS = ["color-contrast", "link-in-text-block"]

# Before any page: what the content policy refused is kept in `window.refused`.
REFUSALS = "addEventListener('securitypolicyviolation', (e) => (window.refused ||= []).push(e.violatedDirective))"

AXE = """async only => (await axe.run(document, { runOnly: only, resultTypes: ["violations"] })).violations
  .map(({ id, nodes }) => ({ id, nodes: nodes.map(node => node.target.join(" ")).slice(0, 5) }))"""


def axe_faults(page: Page, rules: list[str]) -> list[str]:
    """Once axe is in the page."""
    return [f"{v['id']}: {v['nodes']}" for v in page.evaluate(AXE, rules)]


# Elements that reach beyond the right edge; none as long as the page itself does not scroll sideways.
WIDER_THAN_THE_SCREEN = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + 1)
    .map(e => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`).slice(0, 5)
    .concat(`page ${document.scrollingElement.scrollWidth}`);
}"""

# Words of an ordinary length that stand on two lines: cut where no hyphen was. Addresses and keys may be.
BROKEN_WORDS = r"""() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest(".visually-hidden")) continue;
    for (const { 0: word, index } of text.data.matchAll(/(?<=^|[\s(«’])\p{L}{2,14}(?=[\s,.;:!?)»]|$)/gu)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
      if (Math.max(...tops) - Math.min(...tops) > 5) found.push(`${word} in ${text.parentElement.tagName}`);
    }
  }
  return found.slice(0, 5);
}"""

# Links within a sentence are words; everything else one presses is a control of 44 by 44 at least.
SMALL_TARGETS = """() => {
  const inText = element => getComputedStyle(element).display === "inline";
  return [...document.querySelectorAll("a[href], button, input, select, textarea, label.setting, label.tick, summary")]
    .filter(element => element.checkVisibility({ visibilityProperty: true }) && !inText(element))
    .filter(element => !element.matches("label.setting input, label.tick input, .skip"))
    .map(element => [element, element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
    .map(([{ tagName, className, textContent }, { width, height }]) =>
      `${tagName}.${className} « ${textContent.trim().slice(0, 30)} » ${Math.round(width)} × ${Math.round(height)}`);
}"""

FAULTS = """() => [
  ...(window.refused || []).map(directive => `refused by the policy: ${directive}`),
  ...(document.cookie ? [`cookie ${document.cookie}`] : []),
]"""

# A page without JavaScript: what must show, and what only script could do, which must not be offered.
PLAIN_FAULTS = """framed => {
  const seen = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
  const faults = [];
  if (!seen("h1").length) faults.push("no heading");
  if (document.querySelector("main").innerText.length < 150) faults.push("nothing to read");
  if (!framed) return faults;
  if (seen(".exit").length !== 1) faults.push("no way out");
  if (seen(".tabs a").length !== 4) faults.push("no tabs");
  for (const e of seen("button:not(.search button), .strips p, [data-search-results], progress"))
    if (!e.matches("[data-erase]")) faults.push(`does nothing: ${e.outerHTML.slice(0, 80)}`);
  return faults;
}"""

# The bars that stay on the screen, and where what has the focus stands between them.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const bars = [...document.querySelectorAll("*")]
    .filter(e => ["sticky", "fixed"].includes(getComputedStyle(e).position) && e.checkVisibility());
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const x = Math.min(Math.max((left + right) / 2, 1), innerWidth - 1), y = (top + bottom) / 2;
  const covering = bars.filter(bar => !bar.contains(element)).map(bar => [bar, bar.getBoundingClientRect()])
    .filter(([, box]) => box.top < bottom - 1 && box.bottom > top + 1 && box.left < right && box.right > left);
  const on = document.elementFromPoint(x, y);
  return {
    name: `${element.tagName}.${element.className} « ${element.textContent.trim().slice(0, 30)} »`,
    covered: covering.map(([bar]) => bar.className),
    inside: top >= -1 && bottom <= innerHeight + 1,
    reached: Boolean(on) && (element.contains(on) || on.contains(element)),
    outlined: getComputedStyle(element).outlineStyle !== "none",
  };
}"""
