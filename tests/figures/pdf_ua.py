"""The checks of PDF/UA-1 that a machine can make (Matterhorn Protocol 1.1), by our own reading of the file.

Each checkpoint is a function that lists what speaks against it. ``pdfua`` has 16 of these rules, too;
veraPDF, the reference, is Java and in no registry that this project uses. Rules about what our files never
have (forms, media, actions, encryption, embedded files) come down to one: they do not have them.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

Node = Dictionary
STANDARD = frozenset(  # ISO 32000-1 14.8.4, those that we use and those roles are mapped to
    {"/Document", "/Part", "/Sect", "/Div", "/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/L", "/LI"}
    | {"/Lbl", "/LBody", "/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/Figure", "/Caption", "/Span"}
    | {"/Link", "/NonStruct", "/BlockQuote", "/Code", "/Note", "/TOC", "/TOCI"}
)


class Read:
    """A file that was read, with its structure tree in reading order."""

    def __init__(self, content: bytes) -> None:
        self.pdf = Pdf.open(io.BytesIO(content))
        self.root = self.pdf.Root

    @cached_property
    def nodes(self) -> list[Node]:
        tree = self.root.get("/StructTreeRoot")
        return [] if tree is None else list(_below(tree))

    def role(self, node: Node) -> str:
        """The standard type behind whatever it is called."""
        roles = self.root.StructTreeRoot.get("/RoleMap", Dictionary())
        kind = str(node.S)
        while kind in roles:
            kind = str(roles[kind])
        return kind

    def of(self, *kinds: str) -> list[Node]:
        return [one for one in self.nodes if self.role(one) in kinds]


def faults(content: bytes) -> dict[str, list[str]]:
    """By checkpoint what speaks against it; empty for a file that passes."""
    read = Read(content)
    found = {check.__name__: list(check(read)) for check in CHECKS}
    return {name: said for name, said in found.items() if said}


def _kids(node: Node) -> list[object]:
    kids = node.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, Array) else [kids]


def _below(node: Node) -> Iterator[Node]:
    for kid in _kids(node):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from _below(kid)


def is_tagged(read: Read) -> Iterator[str]:
    """Checkpoint 06, 09: marked as tagged, with a structure tree that holds something."""
    if read.root.get("/MarkInfo", Dictionary()).get("/Marked") is not True:
        yield "MarkInfo says nothing of marked content"
    if read.root.get("/MarkInfo", Dictionary()).get("/Suspects") is True:
        yield "its tags are called suspect"
    if not read.nodes:
        yield "there is no structure"


def all_content_is_tagged_or_artifact(read: Read) -> Iterator[str]:
    """01-003 to 01-005: nothing is painted outside of marked content, and artifacts hold no tags."""
    painting = {"Tj", "TJ", "'", '"', "Do", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "EI"}
    for number, page in enumerate(read.pdf.pages, start=1):
        open_ones: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            word = str(operator)
            if word in {"BDC", "BMC"}:
                tag = "artifact" if operands[0] == Name.Artifact else "tag"
                if open_ones and "artifact" in {tag, *open_ones} and tag != open_ones[-1]:
                    yield f"page {number}: an artifact and a tag stand in one another"
                open_ones.append(tag)
            elif word == "EMC":
                open_ones.pop()
            elif word in painting and not open_ones:
                yield f"page {number}: {word} outside of marked content"


def every_tag_is_in_the_structure(read: Read) -> Iterator[str]:
    """01-006: each marked piece of a page has its parent in the tree."""
    tree = read.root.StructTreeRoot.get("/ParentTree")
    if tree is None:
        yield "there is no parent tree"
        return
    parents = dict(_numbers(tree))
    for number, page in enumerate(read.pdf.pages, start=1):
        known = parents.get(int(page.obj.get("/StructParents", -1)))
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) != "BDC" or not isinstance(operands[1], Dictionary):
                continue
            mark = operands[1].get("/MCID")
            if mark is not None and (known is None or known[int(mark)] is None):
                yield f"page {number}: piece {mark} has no parent"


def _numbers(tree: Dictionary) -> Iterator[tuple[int, Array]]:
    for kid in tree.get("/Kids", Array()):
        yield from _numbers(kid)
    numbers = list(tree.get("/Nums", Array()))
    yield from zip(map(int, numbers[::2]), numbers[1::2], strict=True)


def roles_are_standard(read: Read) -> Iterator[str]:
    """02-001 to 02-004: each type is a standard one or is mapped to one, without a circle."""
    for node in read.nodes:
        if read.role(node) not in STANDARD:
            yield f"{node.S} is no standard type"


def languages_are_said(read: Read) -> Iterator[str]:
    """11-001 to 11-007: of the document, and by it of text, outline and alternatives."""
    if not str(read.root.get("/Lang", "")).strip():
        yield "the document says no language"


def title_is_said_and_shown(read: Read) -> Iterator[str]:
    """07-001, 07-002, 06-003: dc:title in XMP, DisplayDocTitle."""
    with read.pdf.open_metadata() as metadata:
        if not str(metadata.get("dc:title", "")).strip():
            yield "XMP has no title"
    if read.root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle") is not True:
        yield "the title is not shown"


def is_called_pdf_ua(read: Read) -> Iterator[str]:
    """06-001, 06-002, clause 5: XMP is there and says pdfuaid:part 1."""
    with read.pdf.open_metadata() as metadata:
        if str(metadata.get("pdfuaid:part", "")) != "1":
            yield "XMP does not call it PDF/UA-1"


def headings_skip_no_level(read: Read) -> Iterator[str]:
    """14-002, 14-003: the first is H1, and none is more than one level below the one before."""
    levels = [int(read.role(one)[2:]) for one in read.of("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")]
    if not levels:
        yield "there is no heading"
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"H{after} follows H{before}"


def figures_have_alternatives(read: Read) -> Iterator[str]:
    """13-004: each figure has Alt or ActualText, and it says something."""
    for node in read.of("/Figure"):
        said = [str(node[key]) for key in ("/Alt", "/ActualText") if key in node]
        if not any(one.strip() for one in said):
            yield "a figure has no alternative"


def tables_are_regular_and_have_heads(read: Read) -> Iterator[str]:
    """15-003, 7.2: rows of one length in tables, heads with a scope, cells in rows and rows in tables."""
    for table in read.of("/Table"):
        rows = [one for one in _below(table) if read.role(one) == "/TR"]
        lengths = {len([cell for cell in _kids(row) if isinstance(cell, Dictionary)]) for row in rows}
        if len(lengths) != 1:
            yield f"rows of {sorted(lengths)} cells"
        heads = [one for one in _below(table) if read.role(one) == "/TH"]
        if not heads:
            yield "a table has no heads"
        for head in heads:
            if _attribute(head, "/Scope") not in {"/Column", "/Row", "/Both"}:
                yield "a head has no scope"
        for row in rows:
            if {read.role(cell) for cell in _kids(row) if isinstance(cell, Dictionary)} - {"/TH", "/TD"}:
                yield "a row holds what is no cell"


def _attribute(node: Node, name: str) -> str:
    given = node.get("/A", Array())
    sets: Sequence[object] = list(given) if isinstance(given, Array) else [given]
    return next((str(one[name]) for one in sets if isinstance(one, Dictionary) and name in one), "")


def lists_are_lists(read: Read) -> Iterator[str]:
    """16-001 and 7.2: L holds LI, and LI holds labels and bodies."""
    for item in read.of("/LI"):
        if read.role(item.P) != "/L":
            yield "an item stands outside of a list"
        if {read.role(kid) for kid in _kids(item) if isinstance(kid, Dictionary)} - {"/Lbl", "/LBody"}:
            yield "an item holds what is neither label nor body"


def tab_order_follows_structure(read: Read) -> Iterator[str]:
    """28-008: a page with annotations is gone through as it is structured."""
    for number, page in enumerate(read.pdf.pages, start=1):
        if page.get("/Annots") and page.obj.get("/Tabs") != Name.S:
            yield f"page {number} has another order"


def fonts_are_embedded_with_unicode(read: Read) -> Iterator[str]:
    """31-001 to 31-027, 7.21: every font is in the file, and says which signs its glyphs are."""
    for number, font in enumerate(_fonts(read.pdf), start=1):
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        described = inner.get("/FontDescriptor", Dictionary())
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described.keys()):
            yield f"font {number} is not embedded"
        if "/ToUnicode" not in font:
            yield f"font {number} says no Unicode"


def _fonts(pdf: Pdf) -> Iterator[Dictionary]:
    inner = {"/CIDFontType0", "/CIDFontType2"}  # halves of others
    for one in pdf.objects:
        is_font = isinstance(one, Dictionary) and one.get("/Type") == Name.Font and "/Subtype" in one
        if is_font and str(one.Subtype) not in inner:
            yield one


def has_nothing_that_ua_makes_demands_of(read: Read) -> Iterator[str]:
    """Forms, files, optional content, scripts, encryption, XObjects by reference: there is none."""
    for key in ("/AcroForm", "/OCProperties", "/OpenAction", "/AA", "/Requirements"):
        if key in read.root:
            yield f"it has {key}"
    if read.pdf.is_encrypted or len(read.pdf.attachments):
        yield "it is encrypted or holds files"
    if read.root.get("/Names", Dictionary()).get("/JavaScript") is not None:
        yield "it holds scripts"


def has_bookmarks(read: Read) -> Iterator[str]:
    """Not asked by PDF/UA-1, but by a reader of several pages: an outline of the headings."""
    with read.pdf.open_outline() as outline:
        if len(outline.root) < len(read.of("/H1")):
            yield "the outline lacks headings"


CHECKS: Sequence[Callable[[Read], Iterator[str]]] = (
    is_tagged,
    all_content_is_tagged_or_artifact,
    every_tag_is_in_the_structure,
    roles_are_standard,
    languages_are_said,
    title_is_said_and_shown,
    is_called_pdf_ua,
    headings_skip_no_level,
    figures_have_alternatives,
    tables_are_regular_and_have_heads,
    lists_are_lists,
    tab_order_follows_structure,
    fonts_are_embedded_with_unicode,
    has_nothing_that_ua_makes_demands_of,
    has_bookmarks,
)
