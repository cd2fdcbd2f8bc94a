"""The document as OpenDocument text (ISO/IEC 26300), written with nothing but a zip and templates.

Headings with levels, head rows of tables, alternatives of pictures, title and language; nothing is in colour
alone. Word, LibreOffice and the rest read it.
"""

import io
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from flask import render_template

from exchange.figures.files.document import Document, printable
from exchange.figures.files.svg_file import svg_of
from exchange.figures.pictures import WIDTH, drawn
from exchange.figures.section import Chart

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # of each member: the same document is the same file
TEXT_WIDTH_CM = 17.0


def odt_of(document: Document) -> bytes:
    """The file."""
    whole = printable(document)
    charts = [chart for section in whole.sections for chart in section.charts]
    names = {id(chart): f"Pictures/chart-{n}.svg" for n, chart in enumerate(charts, start=1)}

    def place(chart: Chart) -> tuple[str, float]:
        """Where a chart's picture is in the file, and how high it stands in centimetres."""
        return names[id(chart)], round(drawn([chart])[0].wide.height * TEXT_WIDTH_CM / WIDTH, 2)

    parts = {
        "META-INF/manifest.xml": render_template("figures/odt/manifest.xml", names=names.values()),
        "content.xml": render_template(
            "figures/odt/content.xml", document=whole, place=place, width=TEXT_WIDTH_CM
        ),
        "styles.xml": render_template("figures/odt/styles.xml", document=whole),
        "meta.xml": render_template("figures/odt/meta.xml", document=whole),
        **{names[id(chart)]: svg_of(chart) for chart in charts},
    }
    return _zipped(parts)


def _zipped(parts: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w") as file:
        file.writestr(ZipInfo("mimetype", _MOMENT), MEDIA_TYPE, ZIP_STORED)  # first and bare, as it must be
        for name, text in parts.items():
            file.writestr(ZipInfo(name, _MOMENT), text.encode(), ZIP_DEFLATED)
    return written.getvalue()
