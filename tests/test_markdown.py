import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.markdown import rendered


def test_markdown_becomes_html_below_the_headings_of_its_page() -> None:
    html = rendered("# One\n\n**bold** [link](https://example.org)\n\n| a |\n|---|\n| 1 |")
    assert "<h3>One</h3>" in html
    assert "<strong>bold</strong>" in html
    assert 'href="https://example.org"' in html
    assert "<table>" in html
    assert "<h2>One</h2>" in rendered("# One", top_heading=2)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![tracker](https://evil.example.org/pixel.png)",
        "[x](http://plain.example.org)",
        "<javascript:alert(1)>",
        "| a |\n|:-:|\n| 1 |",
    ],
)
def test_nothing_runs_loads_or_styles_itself(text: str) -> None:
    html = rendered(text)
    for bad in ("<script", "<img", 'href="javascript', 'href="data', 'href="http:', "style=", 'onerror="'):
        assert bad not in html


INWARD = [
    "//evil.example",
    "/sign-out",
    "/answer/token",
    "sign-out",
    "../sign-out",
    "?do=submit",
    "#top",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/\\/evil.example",
    "&#47;&#47;evil.example",
    "&sol;&sol;evil.example",
    "/&Tab;/evil.example",
    "%2F%2Fevil.example",
    "https:evil.example",
    "https:/sign-out",
    "https:///sign-out",
    "https:\\\\evil.example",
    "https:&bsol;&bsol;evil.example",
    "https://example.org\\@evil.example",
    "https://example.org@evil.example",
    "https://evil.example%2f.example.org",
    "h&Tab;ttps:/sign-out",
    "mailto:",
]
WAYS = [
    "[x]({})",
    "[x](<{}>)",
    "[x]({} 'title')",
    "[x][ref]\n\n[ref]: {}",
    "<{}>",
    "![x]({})",
    "[![x]({})]({})",
]
HREF = re.compile(r"<a\b|href=|src=")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("url", INWARD)
def test_no_link_leads_into_this_site_or_to_a_host_without_a_scheme(url: str, way: str) -> None:
    """`[x](/sign-out)` and `[x](//evil.example)` became links of ours."""
    assert not HREF.search(rendered(way.replace("{}", url)))


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://example.org/a?b=c#d)",
        "[x](HTTPS://example.org)",
        "<https://example.org/a>",
        "[x](mailto:anna@example.org)",
        "<anna@example.org>",
        "[x](https://bücher.example/)",
        "[x](https://example.org:8443/)",
        "[x][a]\n\n[a]: https://example.org",
    ],
)
def test_whole_addresses_are_links(text: str) -> None:
    assert 'href="' in rendered(text)


@given(st.text(alphabet="[]()<>/\\:.#?&;%@! \nhtpsmailoexgr", max_size=60))
def test_whatever_is_typed_each_link_begins_with_its_scheme_and_host(text: str) -> None:
    for url in re.findall(r'href="([^"]*)"', rendered(text)):
        assert re.match(r"(?i)https://[^/\\@]|mailto:", url)
