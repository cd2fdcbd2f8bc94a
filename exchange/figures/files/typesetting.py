"""A process that sets one document: JSON comes in at its input, PDF/UA-1 goes out. It knows nothing else.

``python -m exchange.figures.files.typesetting``. It imports neither the database nor the web, and ends with
the file: typst keeps what it has set in memory for as long as its process lasts.
"""

import sys
from pathlib import Path

TEMPLATE = Path("templates/pdf/figures.typ")  # from the root, where it is started


def main() -> None:
    """Read, set, write."""
    import typst  # here alone: 80 MB that nothing else needs

    written = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,  # the same file on every machine
        sys_inputs={"document": sys.stdin.buffer.read().decode()},
    )
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()
