"""Advice as HTML: the dialect of `advice`, with its named links resolved."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from backend.guidance.advice import PAGES, PARSER


def link_address(kind: str, id_: str) -> str:
    """Where a named link leads: ("guide", "preuves") → /guides/preuves/."""
    if kind == "page":
        return PAGES[id_]
    if kind == "source":
        return f"/sources/#{id_}"
    return f"/{kind}s/{id_}/"


class _Renderer(RendererHTML):
    def link_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        kind, _, id_ = str(tokens[index].attrGet("href")).partition(":")
        tokens[index].attrSet("href", link_address(kind, id_))
        if kind == "source":
            tokens[index].attrSet("class", "source")
        return self.renderToken(tokens, index, options, env)


_RENDERER = _Renderer(PARSER)


def advice_html(text: str) -> Markup:
    """Markdown to HTML. Safe by construction: the parser has no HTML, and every link kind is ours."""
    return Markup(_RENDERER.render(PARSER.parse(text), PARSER.options, {}))  # noqa: S704
