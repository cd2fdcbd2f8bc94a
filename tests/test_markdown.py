import pytest

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
