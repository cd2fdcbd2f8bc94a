"""A file as an answer that browsers keep. It makes none."""

from collections.abc import Iterator

from flask import Response


def attached(content: bytes | Iterator[bytes], name: str, kind: str = "text/csv") -> Response:
    """The file under ``name``, of a media type ``kind`` that is text in UTF-8."""
    return Response(
        content,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
