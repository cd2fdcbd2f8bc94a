"""Whether a document carries programs of its own: macros of Office (ECMA-376, MS-OVBA) or of OpenDocument.

It unpacks a bounded part, runs nothing, and knows no viruses: what it finds could do harm, or be a button.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.parsers import expat

OF_MACROS = frozenset(
    {"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam", "ppsm", "sldm"}
)
OLD_OFFICE = frozenset({"doc", "dot", "xls", "xlt", "ppt", "pps", "pot"})
UNPACKED_MAX_BYTES = 25_000_000  # of the parts that are looked at, those of documents inside included
DEPTH_MAX = 3  # a document in a document in a document
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VBA = "_VBA_PROJECT".encode("utf-16-le")  # MS-OVBA 2.3.4.1: each project has a stream of this name
_NAMES = frozenset({"vbaproject.bin", "vbadata.xml"})
_FOLDERS = frozenset({"macrosheets", "basic", "scripts"})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
_TYPES = ("vbaproject", "vbadata", "macroenabled", "macrosheet", "intlmacrosheet")


class CannotLook(Exception):
    """The file is packed in a way, or so much, that nobody could say what is in it."""


def has_macros(content: bytes) -> bool:
    """Whether the document, or one inside it, holds macros. Raises CannotLook."""
    if zipfile.is_zipfile(io.BytesIO(content)):  # also with something else in front of it
        return _in_archive(content, _Budget(), DEPTH_MAX)
    return content.startswith(_OLE) and _VBA in content


class _Budget:
    """How much may still be unpacked."""

    def __init__(self) -> None:
        self._left = UNPACKED_MAX_BYTES

    def read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        with archive.open(entry) as file:
            content = file.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise CannotLook
        return content


def _in_archive(content: bytes, budget: _Budget, depth: int) -> bool:
    if not depth:
        raise CannotLook
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(_is_macro(archive, entry, budget, depth) for entry in archive.infolist())
    except _BROKEN as error:
        raise CannotLook from error


def _is_macro(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget, depth: int) -> bool:
    path = PurePosixPath(entry.filename.lower().replace("\\", "/"))
    if entry.is_dir():
        return False
    if path.name in _NAMES or _FOLDERS & set(path.parts[:-1]):
        return True
    if path.name == "[content_types].xml" or path.suffix == ".rels":
        return any(word in value for value in _values(budget.read(archive, entry)) for word in _TYPES)
    with archive.open(entry) as file:
        opening = file.read(len(_OLE))
    if opening.startswith(_ZIP):
        return _in_archive(budget.read(archive, entry), budget, depth - 1)
    return opening.startswith(_OLE) and _VBA in budget.read(archive, entry)


def _values(document: bytes) -> Iterator[str]:
    """What the attributes of an XML document say, in small letters; no entity of its own is followed."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _name, given: found.extend(given.values())
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise CannotLook from error
    return (value.lower() for value in found)


def _refuse_doctype(*_parts: object) -> None:
    raise CannotLook
