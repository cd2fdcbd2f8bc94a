"""Markdown that people typed, as HTML that is safe to show: no raw HTML, no images, no scripts.

It knows no pages; headings begin at the level a page gives them.
"""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


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
            link_rel="noopener noreferrer nofollow",
        )
    )
