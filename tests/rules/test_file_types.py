import io
import zipfile

import pytest

from exchange.errors import InvalidInput
from exchange.rules.file_types import clean_name, media_type_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ODT = "application/vnd.oasis.opendocument.text"


def zipped(*names: str, mimetype: str = "", compression: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("plan.PDF", b"%PDF-1.7\n...", "application/pdf"),
        ("note.docx", DOCX, "wordprocessingml.document"),
        ("sheet.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        ("slides.pptx", zipped("[Content_Types].xml", "ppt/presentation.xml"), "presentationml"),
        ("note.odt", zipped("content.xml", mimetype=ODT), ODT),
        ("map.png", PNG, "image/png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("words.txt", "Övning\r\n\ttabbed".encode(), "text/plain"),
    ],
)
def test_file_is_what_name_and_content_both_say(name: str, content: bytes, kind: str) -> None:
    assert kind in media_type_of(name, content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.pdf", b"", "is empty"),
        ("virus.exe", b"MZ", "kind that is not taken"),
        ("page.html", b"<script>alert(1)</script>", "kind that is not taken"),
        ("drawing.svg", b"<svg/>", "kind that is not taken"),
        ("noextension", b"%PDF-1.7", "kind that is not taken"),
        ("lie.pdf", b"MZ\x90", "does not hold"),
        ("lie.pdf", b"junk %PDF-1.7", "does not hold"),
        ("lie.docx", zipped("evil.exe"), "does not hold"),
        ("lie.docx", zipped("[Content_Types].xml", "xl/workbook.xml"), "does not hold"),
        ("lie.docx", b"PK\x03\x04 cut off", "does not hold"),
        ("lie.odt", DOCX, "does not hold"),
        ("lie.odt", zipped(mimetype=ODT, compression=zipfile.ZIP_DEFLATED), "does not hold"),
        ("lie.png", b"GIF89a", "does not hold"),
        ("lie.txt", b"a\0b", "does not hold"),
        ("lie.csv", b"\xff\xfe\xfa", "does not hold"),
        ("double.pdf.exe", b"%PDF-1.7", "kind that is not taken"),
    ],
)
def test_upload_that_lies_about_itself_is_refused(name: str, content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        media_type_of(name, content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\plan.docx", "plan.docx"),
        ('a\r\nSet-Cookie: x="1".pdf', "aSet-Cookie: x='1'.pdf"),
        (".htaccess", "htaccess"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "file"),
        ("...", "file"),
        ("övning på svenska.odt", "övning på svenska.odt"),
    ],
)
def test_name_holds_no_folder_and_no_control_character(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_long_name_keeps_its_extension() -> None:
    assert clean_name("a" * 500 + ".docx") == "a" * 115 + ".docx"
