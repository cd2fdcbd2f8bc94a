"""What a file is, by what it holds: only kinds on the list, and only when name and content agree.

It stores nothing; what is inside archives, file_macros.py looks at.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

from exchange.errors import InvalidInput
from exchange.rules.file_macros import OF_MACROS, OLD_OFFICE, CannotLook, has_macros

NAME_MAX = 120  # characters of a file's name
ZIP_ENTRIES_MAX = 5_000  # a document has hundreds
_TEXT_CONTROLS = frozenset(chr(n) for n in range(32)) - {"\t", "\n", "\r", "\f"}


def _begins_with(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _office(part: str) -> Callable[[bytes], bool]:
    """Office Open XML (ECMA-376): a zip with its table of types and the main part."""
    return lambda content: {"[Content_Types].xml", part} <= _entries(content)


def _is_odt(content: bytes) -> bool:
    """OpenDocument 1.3 part 2, 3.3: the first entry is ``mimetype``, stored without compression."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            first = archive.infolist()[0]
            is_named = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
            return is_named and archive.read(first) == _TYPES["odt"][0].encode() and first.file_size < 100
    except (zipfile.BadZipFile, IndexError, OSError, RuntimeError, NotImplementedError, ValueError):
        return False


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(character in _TEXT_CONTROLS for character in text)


def _entries(content: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return set()
    return set(names) if len(names) <= ZIP_ENTRIES_MAX else set()


_OOXML = "application/vnd.openxmlformats-officedocument"
_TYPES: dict[str, tuple[str, Callable[[bytes], bool]]] = {  # extension: media type, and how it shows
    "pdf": ("application/pdf", _begins_with(b"%PDF-")),
    "docx": (f"{_OOXML}.wordprocessingml.document", _office("word/document.xml")),
    "xlsx": (f"{_OOXML}.spreadsheetml.sheet", _office("xl/workbook.xml")),
    "pptx": (f"{_OOXML}.presentationml.presentation", _office("ppt/presentation.xml")),
    "odt": ("application/vnd.oasis.opendocument.text", _is_odt),
    "png": ("image/png", _begins_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _begins_with(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _begins_with(b"\xff\xd8\xff")),
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
    "md": ("text/markdown", _is_text),
}
EXTENSIONS = tuple(sorted(_TYPES))


def media_type_of(name: str, content: bytes) -> str:
    """The media type that both the name and the content say. Raises InvalidInput, field "files"."""
    if not content:
        raise InvalidInput("%(name)s is empty.", field="files", name=name)
    extension = PurePosixPath(name).suffix.lower().removeprefix(".")
    _refuse_macros(name, extension, content)
    if extension not in _TYPES:
        raise InvalidInput(
            "%(name)s is of a kind that is not taken. Send one of: %(kinds)s.",
            field="files",
            name=name,
            kinds=", ".join(EXTENSIONS),
        )
    media_type, shows_in = _TYPES[extension]
    if not shows_in(content):
        raise InvalidInput(
            "%(name)s does not hold what its name says. Save it again as %(kind)s and send that.",
            field="files",
            name=name,
            kind=extension,
        )
    return media_type


def _refuse_macros(name: str, extension: str, content: bytes) -> None:
    """Macros run on the computers of all who open the file, so it is refused whatever they do."""
    try:
        is_refused = extension in OF_MACROS or has_macros(content)
    except CannotLook as error:
        raise InvalidInput(
            "%(name)s cannot be looked into: it is damaged, locked by a password, or packed far too large."
            " Save it again and send that.",
            field="files",
            name=name,
        ) from error
    if is_refused:
        raise InvalidInput(
            "%(name)s holds macros: programs that would run where it is opened. Save it without them, as"
            " .docx, .xlsx, .pptx, .odt or PDF, and send that.",
            field="files",
            name=name,
        )
    if extension in OLD_OFFICE:
        raise InvalidInput(
            "%(name)s is in an old format. Save it as .docx, .xlsx, .pptx or PDF and send that.",
            field="files",
            name=name,
        )


def clean_name(name: str) -> str:
    """The name alone, without folders, control and formatting characters, short enough for a header."""
    alone = re.split(r"[/\\]", name)[-1]
    clean = "".join(c for c in alone if not unicodedata.category(c).startswith("C"))
    clean = " ".join(clean.replace('"', "'").split()).lstrip(".")
    stem, dot, extension = clean.rpartition(".")
    if not dot:
        return clean[:NAME_MAX] or "file"
    return f"{stem[: NAME_MAX - len(extension) - 1] or 'file'}.{extension[:20]}"
