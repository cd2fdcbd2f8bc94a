"""Markdown that people typed, as HTML that is safe to show: no raw HTML, no images, no scripts.

It knows no pages; headings begin at the level a page gives them, and links lead elsewhere by whole
addresses: one without a host would lead into this site, or by ``//`` to any other.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


class _Parser(MarkdownIt):
    """CommonMark with tables; a link that may not be one stays the text that was typed."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name for it
        """Whether an address, its entities and escapes read, is one to follow: https with a host, or mail."""
        return is_outward(url)


def is_outward(url: str) -> bool:
    """Whether an address names its scheme and host in full, so that every browser reads it alike."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    is_whole = url[:8].lower() == "https://" and bool(parts.hostname)
    return is_whole and not set("\\@ ") & set(parts.netloc) and "%" not in parts.netloc


_PARSER = _Parser("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def rendered(text: str, *, top_heading: int = 3) -> Markup:
    """The text as HTML; its first heading level becomes ``top_heading`` of the page."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.tag[:1] == "h" and token.tag[1:].isdigit():
            token.tag = f"h{min(6, int(token.tag[1:]) + top_heading - 1)}"
        token.attrs.pop("style", None)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    # The second wall: whatever the parser lets through is cut down to a list of plain tags.
    return Markup(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"https", "mailto"},
            url_relative="deny",
            link_rel="noopener noreferrer nofollow",
        )
    )


@dataclass(frozen=True)
class Block:
    """A piece of text without its form: a heading with its level, an item of a list, or a paragraph."""

    kind: str  # "heading", "item", "paragraph"
    text: str
    level: int = 0


def blocks(text: str) -> list[Block]:
    """The text for files of other formats: its blocks in order, links followed by their address.

    Headings begin at 1 and skip no level on the way down, whatever was typed; a row of a table is an item.
    """
    found: list[Block] = []
    kind, depth, cells = "paragraph", 0, list[str]()
    for token in _PARSER.parse(text):
        if token.type == "heading_open":
            kind, depth = "heading", min(int(token.tag[1:]), depth + 1)
        elif token.type == "list_item_open":
            kind = "item"
        elif token.type in {"heading_close", "list_item_close"}:
            kind = "paragraph"
        elif token.type in {"th_open", "td_open"}:
            kind = "cell"
        elif token.type == "tr_close":
            found.append(Block("item", "; ".join(cells)))
            kind, cells = "paragraph", []
        elif token.type in {"fence", "code_block"}:
            found.append(Block("paragraph", token.content.strip()))
        elif token.type == "inline" and kind == "cell":
            cells.append(_words(token))
        elif token.type == "inline":
            found.append(Block(kind, _words(token), depth if kind == "heading" else 0))
    return found


def _words(inline: Token) -> str:
    """What is said in one block, on one line."""
    said, links = [], list[str]()
    for token in inline.children or ():
        if token.type == "link_open":
            links.append(f"{token.attrs['href']}")
        elif token.type == "link_close":
            said.append(f" ({links.pop()})")
        elif token.type in {"softbreak", "hardbreak"}:
            said.append(" ")
        else:
            said.append(token.content)
    return "".join(said)
