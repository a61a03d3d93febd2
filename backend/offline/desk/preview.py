"""The page a reader would see, out of drafts: the public template, without its frame."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from backend.guidance.guide import Guide
from backend.offline.content import Content
from backend.offline.pages import Layout
from backend.offline.templates import environment
from backend.offline.views import Views

FRAME = "equipe/apercu.html"


def contact_preview(content: Content, id_: str, day: date) -> Markup:
    return _page("contact", f"/contacts/{id_}/", Views(content, day).contact(id_))


def guide_preview(content: Content, guide: Guide, day: date) -> Markup:
    return _page("guide", f"/guides/{guide.slug}/", Views(content, day).guide(guide))


def _page(template: str, url: str, page: object) -> Markup:
    layout = Layout(url, tab="", section="", back=None, exit_url="", css="", script="", htmx="", frame=FRAME)
    text = environment().get_template(f"{template}.html").render(layout=layout, page=page)
    return Markup(text)  # noqa: S704 - rendered by our own templates, which escape everything
