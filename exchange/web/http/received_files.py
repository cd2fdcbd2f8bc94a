"""Files as they come with a form and go out again: checked all before one is kept, and handed out to be kept.

Whose they are, each page says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from exchange.errors import InvalidInput
from exchange.models import Attachment
from exchange.rules.file_types import clean_name, media_type_of
from exchange.system.outages import Outage, outage_in
from exchange.uploads.file_storage import Damaged, Stored, Upload, content_of, delete, store
from exchange.uploads.virus_scan import refuse_viruses
from exchange.web.access.request_context import settings
from exchange.web.http.request_logs import log
from exchange.web.http.upload_limits import file_max_bytes


def sent_files() -> list[FileStorage]:
    """The files that the form holds; an empty field is none."""
    return [one for one in request.files.getlist("files") if one.filename]


def received_files() -> list[Upload]:
    """The files that came, checked all before the first is stored. Raises InvalidInput, field "files"."""
    checked = [_checked(one) for one in sent_files()]
    stored: list[Upload] = []
    try:
        for name, kind, content in checked:
            stored.append(Upload(name, kind, store(settings().uploads, content)))
    except OSError:
        _delete(stored)  # with one of them refused none is kept
        raise
    return stored


def _checked(sent: FileStorage) -> tuple[str, str, bytes]:
    """The name, the media type and the bytes of a file that may be kept."""
    name, content = clean_name(sent.filename or ""), sent.read()
    if len(content) > file_max_bytes():
        raise InvalidInput(
            "%(name)s is larger than %(most)s MB.", field="files", name=name, most=settings().upload_max_mb
        )
    media_type = media_type_of(name, content)
    if settings().clamd:
        refuse_viruses(settings().clamd, name, content)
    return name, media_type, content


@dataclass
class Kept:
    """Whether the rows of files may be in the database, because their transaction was being committed."""

    may_be_saved: bool = False


@contextmanager
def kept_with_their_rows(uploads: list[Upload]) -> Iterator[Kept]:
    """Delete the bytes of files whose rows were not saved after all.

    When the database leaves while it commits nobody knows: bytes without a row are a lesser evil than the
    other way round, and `exchange doctor` finds them.
    """
    kept = Kept()
    try:
        yield kept
    except BaseException as error:
        if not (kept.may_be_saved and outage_in(error) is Outage.AWAY):
            _delete(uploads)
        raise


def _delete(uploads: list[Upload]) -> None:
    for one in uploads:
        delete(settings().uploads, one.stored.stored_name)


def sent_file(attachment: Attachment) -> Response:
    """The bytes, to be kept and never shown: whatever they are, the browser runs nothing of them."""
    response = Response(_bytes_of(attachment))
    response.headers["Content-Type"] = attachment.media_type
    response.headers.set("Content-Disposition", "attachment", filename=attachment.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _bytes_of(attachment: Attachment) -> bytes:
    stored = Stored(attachment.stored_name, attachment.size_bytes, attachment.sha256)
    try:
        return content_of(settings().uploads, stored)
    except Damaged:
        log.error("file does not match its digest", attachment=attachment.id)
        raise
