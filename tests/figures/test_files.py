"""The board pack as files: PDF/UA checked point by point, OpenDocument and HTML with what readers need."""

import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from pdfua import validate
from pikepdf import Dictionary, Name, Pdf

from exchange.errors import Conflict
from exchange.figures.files import pdf_file
from exchange.figures.files.document import Document
from exchange.figures.files.odt_file import odt_of
from exchange.figures.files.pdf_file import pdf_of
from exchange.figures.section import Bar, Chart, Section
from exchange.markdown import Block
from exchange.rules.markings.tlp_labels import Marking
from tests.figures.pdf_ua import CHECKS, Read, faults
from tests.figures.test_page import TITLES

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"


def document(title: str = "A year", language: str = "en") -> Document:
    """One of each thing that a document may hold."""
    return Document(
        name="figures-2027",
        title=title,
        language=language,
        network="The network",
        as_of="As of today.",
        marking=Marking.AMBER,
        sections=[
            Section(
                key="one",
                title="One",
                sentence="A sentence.",
                columns=("City", "Count"),
                rows=(("Zurich", "3"), ("#strong[x] $y$ <b>", "4")),
                numbers=frozenset({1}),
                charts=(Chart("Bars", (Bar("Zurich", 3), Bar("<Å>", 4)), (3.5, "mean 3.5")),),
                note="A note.",
            ),
            Section(key="empty", title="Empty", sentence="Nothing.", columns=("City",)),
        ],
        prose=[
            Block("heading", "Begin", 1),
            Block("heading", "Deeper", 2),
            Block("paragraph", "Words; *not* #markup()."),
            Block("item", "An item"),
        ],
    )


def test_pdf_of_the_sample_year_passes_every_check(board: FlaskClient) -> None:
    content = board.get("/figures/2027.pdf").data
    assert faults(content) == {}
    read = Read(content)
    assert [str(one.get("/Alt", ""))[:10] for one in read.of("/Figure")]
    with Pdf.open(io.BytesIO(content)) as pdf, pdf.open_outline() as outline:
        assert [one.title for one in outline.root] == list(TITLES)


@pytest.mark.parametrize("title", ["A year", "# not a heading", 'A "quoted" \\ year', "År 2027 \x01\ufffe"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_pdf_of_any_text_passes_and_keeps_it(app: Flask, title: str, language: str) -> None:
    with app.test_request_context():
        content = pdf_of(document(title, language))
    assert faults(content) == {}
    with Pdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert str(metadata["dc:title"]) == title.replace("\x01", " ").replace("\ufffe", " ")
        assert str(pdf.Root.Lang) == language


def test_pdf_passes_a_checker_that_is_not_ours(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "figures.pdf"
    with app.test_request_context():
        path.write_bytes(pdf_of(document()))
    found = list(validate(str(path)).findings)
    assert found == []


def _without(*path: str) -> Callable[[Pdf], None]:
    def spoil(pdf: Pdf) -> None:
        of = pdf.Root
        for name in path[:-1]:
            of = of[name]
        del of[path[-1]]

    return spoil


def _first(pdf: Pdf, kind: str) -> Dictionary:
    return next(
        one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/S") == Name(f"/{kind}")
    )


def _lowered_heading(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get("/S") == Name.H2:
            one.S = Name.H4


def _no_alternative(pdf: Pdf) -> None:
    del _first(pdf, "Figure")["/Alt"]


def _no_scope(pdf: Pdf) -> None:
    for one in _first(pdf, "TH").A:
        if "/Scope" in one:
            del one["/Scope"]


def _bare_content(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(pdf.make_stream(b"0 0 10 10 re f"))


def _orphan(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(pdf.make_stream(b"/P <</MCID 0>> BDC 0 0 9 9 re f EMC"))
    del pdf.pages[0].obj["/StructParents"]


def _no_unicode(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and "/ToUnicode" in one:
            del one["/ToUnicode"]


def _odd_type(pdf: Pdf) -> None:
    _first(pdf, "Figure").S = Name.Picture


def _odd_item(pdf: Pdf) -> None:
    _first(pdf, "LBody").S = Name.P


def _no_order(pdf: Pdf) -> None:
    page = pdf.pages[0].obj
    page.Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 1, 1])])
    if "/Tabs" in page:
        del page["/Tabs"]


def _form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary()


def _no_metadata(name: str) -> Callable[[Pdf], None]:
    def spoil(pdf: Pdf) -> None:
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            del metadata[name]

    return spoil


SPOILT = {
    "is_tagged": _without("/MarkInfo"),
    "all_content_is_tagged_or_artifact": _bare_content,
    "every_tag_is_in_the_structure": _orphan,
    "roles_are_standard": _odd_type,
    "languages_are_said": _without("/Lang"),
    "title_is_said_and_shown": _without("/ViewerPreferences", "/DisplayDocTitle"),
    "is_called_pdf_ua": _no_metadata("pdfuaid:part"),
    "headings_skip_no_level": _lowered_heading,
    "figures_have_alternatives": _no_alternative,
    "tables_are_regular_and_have_heads": _no_scope,
    "lists_are_lists": _odd_item,
    "tab_order_follows_structure": _no_order,
    "fonts_are_embedded_with_unicode": _no_unicode,
    "has_nothing_that_ua_makes_demands_of": _form,
    "has_bookmarks": _without("/Outlines"),
}


def test_each_check_finds_its_own_fault(app: Flask) -> None:
    assert set(SPOILT) == {one.__name__ for one in CHECKS}
    with app.test_request_context():
        whole = pdf_of(document())
    for name, spoil in SPOILT.items():
        with Pdf.open(io.BytesIO(whole)) as pdf:
            spoil(pdf)
            spoilt = io.BytesIO()
            pdf.save(spoilt)
        assert name in faults(spoilt.getvalue()), name


def test_a_picture_without_words_makes_no_pdf(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """typst refuses what PDF/UA forbids; its reader is told what to take instead."""
    monkeypatch.setattr(Chart, "in_words", None)
    with app.test_request_context(), pytest.raises(Conflict, match="HTML and OpenDocument hold the same"):
        pdf_of(document())


def test_the_web_knows_nothing_of_typst(board: FlaskClient) -> None:
    """It is 80 MB that only the child imports, and what it keeps in memory goes with that."""
    assert board.get("/figures/2027.pdf").status_code == 200
    assert "typst" not in sys.modules


def test_the_child_needs_neither_database_nor_web() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, exchange.figures.files.typesetting; print(*sorted(sys.modules))"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert {"flask", "sqlalchemy", "sqlmodel", "typst"}.isdisjoint(said)


def test_more_files_at_once_than_there_is_room_for_wait_and_then_say_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody holds a thread of the web for long while they wait."""
    assert pdf_file.WAIT_MOST <= 1
    monkeypatch.setattr(pdf_file, "WAIT_MOST", 0.01)
    taken = [pdf_file._places.acquire() for _ in range(pdf_file.AT_ONCE)]
    try:
        with app.test_request_context(), pytest.raises(Conflict, match="Ask again in a minute"):
            pdf_of(document())
    finally:
        for _one in taken:
            pdf_file._places.release()


def test_odt_has_title_language_headings_head_rows_and_alternatives(app: Flask) -> None:
    with app.test_request_context():
        content = odt_of(document("År\x02 <1>", "sv"))
    with ZipFile(io.BytesIO(content)) as file:
        first = file.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        parts = {name: file.read(name) for name in file.namelist() if name.endswith((".xml", ".svg"))}
    trees = {name: ET.fromstring(part) for name, part in parts.items()}
    body = trees["content.xml"]
    headings = [(one.get(f"{TEXT}outline-level"), one.text) for one in body.iter(f"{TEXT}h")]
    assert headings == [("1", "Begin"), ("2", "Deeper"), ("1", "One"), ("1", "Empty")]
    rows = body.findall(f".//{TABLE}table-header-rows/{TABLE}table-row/{TABLE}table-cell/{TEXT}p")
    assert [one.text for one in rows] == ["City", "Count"]
    frame = body.find(f".//{DRAW}frame")
    assert frame is not None
    assert frame.findtext(f"{SVG}desc") == "Bars: Zurich 3, <Å> 4. mean 3.5."
    assert "År  <1>" in "".join(trees["meta.xml"].itertext())
    assert b'fo:language="sv"' in parts["styles.xml"]
    listed = parts["META-INF/manifest.xml"].decode()
    assert [name for name in parts if name != "META-INF/manifest.xml" and name not in listed] == []


def test_html_stands_alone_with_headings_heads_and_words_of_pictures(board: FlaskClient) -> None:
    page = html.fromstring(board.get("/figures/2027.html").data)
    assert page.get("lang") == "en"
    assert [one.text for one in page.iter("h1")] == ["2027 in figures"]
    assert [one.text for one in page.iter("h2")] == list(TITLES)
    assert page.xpath("//link | //script | //img | //*[@src] | //*[@href]") == []
    assert {one.get("scope") for one in page.iter("th")} == {"col", "row"}
    assert [one for one in page.iter("svg") if not one.get("aria-label")] == []
    assert [one.text for one in page.iter("caption")] == [
        one for one in TITLES if one != "Money against the agreement"
    ]
