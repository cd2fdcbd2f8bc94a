"""Documents that carry programs are refused by name, and looking for them costs little whatever is sent."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from exchange.errors import InvalidInput
from exchange.rules.file_macros import UNPACKED_MAX_BYTES, CannotLook, has_macros
from exchange.rules.file_types import media_type_of

ODT = "application/vnd.oasis.opendocument.text"
TYPES = '<Types><Override PartName="/word/{}" ContentType="application/{}"/></Types>'
WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PLAIN_TYPES = TYPES.format("document.xml", WORD)
VBA_TYPES = TYPES.format("innocent.bin", "vnd.ms-office.vbaProject")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
OLE_WITH_VBA = OLE + "_VBA_PROJECT".encode("utf-16-le") + b"\0" * 40


def docx(parts: dict[str, str | bytes] | None = None, types: str = PLAIN_TYPES) -> bytes:
    return zipped({"[Content_Types].xml": types, "word/document.xml": "<w/>"} | (parts or {}))


def odt(parts: dict[str, str | bytes] | None = None) -> bytes:
    return zipped({"mimetype": ODT, "content.xml": "<x/>"} | (parts or {}), packed=False)


def zipped(parts: dict[str, str | bytes], *, packed: bool = True) -> bytes:
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", kind, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


RELATION = '<r><x Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="a"/></r>'
WITH_MACROS = {
    "named .docm": ("plan.docm", docx()),
    "named .xlsm, and empty of all": ("plan.XLSM", b"x"),
    "a project of VBA": ("plan.docx", docx({"word/vbaProject.bin": b"x"})),
    "in capitals": ("plan.docx", docx({"WORD/VBAPROJECT.BIN": b"x"})),
    "under another name": ("plan.docx", docx({"word/innocent.bin": b"x"}, VBA_TYPES)),
    "hidden by a numbered character": ("plan.docx", docx(types=VBA_TYPES.replace("vba", "&#118;ba"))),
    "as a relation alone": ("plan.docx", docx({"word/_rels/document.xml.rels": RELATION})),
    "sheets of Excel 4": ("plan.docx", docx({"xl/macrosheets/sheet1.xml": "<x/>"})),
    "behind something else": ("plan.docx", b"MZ junk" + docx({"word/vbaProject.bin": b"x"})),
    "a workbook inside": ("plan.docx", docx({"word/embeddings/a.xlsx": docx({"xl/vbaProject.bin": b"x"})})),
    "an old document inside": ("plan.docx", docx({"word/embeddings/oleObject1.bin": OLE_WITH_VBA})),
    "Basic of OpenDocument": ("plan.odt", odt({"Basic/Standard/Module1.xml": "<x/>"})),
    "Python in OpenDocument": ("plan.odt", odt({"Scripts/python/a.py": "x"})),
    "an old document": ("plan.doc", OLE_WITH_VBA),
    "an old document, named as a new one": ("plan.docx", OLE_WITH_VBA),
}


@pytest.mark.parametrize("kind", WITH_MACROS)
def test_a_document_with_macros_is_refused_by_name(kind: str) -> None:
    name, content = WITH_MACROS[kind]
    with pytest.raises(InvalidInput, match=f"{name} holds macros") as refusal:
        media_type_of(name, content)
    assert refusal.value.field == "files"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.docx", docx({"word/embeddings/oleObject1.bin": OLE, "word/media/image1.png": b"\x89PNG"})),
        ("plan.docx", docx({"word/embeddings/a.docx": docx()})),
        ("plan.odt", odt({"Configurations2/toolbar/": "", "Thumbnails/thumbnail.png": b"x"})),
    ],
)
def test_a_document_without_macros_is_taken(name: str, content: bytes) -> None:
    assert media_type_of(name, content)


def test_an_old_document_without_macros_is_told_how_to_be_sent() -> None:
    with pytest.raises(InvalidInput, match="old format"):
        media_type_of("plan.doc", OLE)


def nested(depth: int) -> bytes:
    content = docx()
    for _ in range(depth):
        content = docx({"word/embeddings/a.docx": content})
    return content


def doctype() -> bytes:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x y="&b;"/>'
    return docx(types=bomb)


TOO_MUCH = b"\0" * (UNPACKED_MAX_BYTES + 1)
BOMBS: dict[str, Callable[[], bytes]] = {
    "huge part": lambda: docx({"word/_rels/document.xml.rels": TOO_MUCH}),
    "huge documents inside": lambda: docx(
        {f"word/embeddings/{n}.bin": OLE + TOO_MUCH[: UNPACKED_MAX_BYTES // 2] for n in range(3)}
    ),
    "nested": lambda: nested(5),
    "entities": doctype,
    "broken": lambda: docx({"word/_rels/a.rels": "no XML"}),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_what_is_packed_too_large_or_oddly_is_refused_in_little_time(kind: str) -> None:
    content = BOMBS[kind]()
    started = time.perf_counter()
    with pytest.raises(CannotLook):
        has_macros(content)
    assert time.perf_counter() - started < 3
    with pytest.raises(InvalidInput, match="cannot be looked into"):
        media_type_of("plan.docx", content)
