"""Books as EPUB files, made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    "<rootfiles>"
    '<rootfile full-path="OPS/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
_DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
METADATA = f"<metadata {_DC}><dc:title>On Lights</dc:title><dc:creator>Ann Keeper</dc:creator></metadata>"


def page(body: str, head: str = "") -> str:
    """A file of a book with this body."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>Page</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def book(
    files: Mapping[str, str],
    *,
    metadata: str = METADATA,
    package: str = "",
    more: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
) -> bytes:
    """An EPUB.

    Args:
        files: The files of its text in reading order, by their paths beside the package.
        metadata: The metadata of its package.
        package: Its package, if it is to be another one.
        more: Other files, by their paths in the archive.
        properties: Properties of files, such as ``nav``.
    """
    items = "".join(
        f'<item id="f{number}" href="{path}" media-type="application/xhtml+xml" '
        f'properties="{(properties or {}).get(path, "")}"/>'
        for number, path in enumerate(files)
    )
    spine = "".join(f'<itemref idref="f{number}"/>' for number in range(len(files)))
    made = (
        f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0">{metadata}<manifest>{items}</manifest>'
        f"<spine>{spine}</spine></package>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", _CONTAINER)
        archive.writestr("OPS/package.opf", package or made)
        for path, text in files.items():
            if not path.startswith(("/", "..")):
                archive.writestr(f"OPS/{path}", text)
        for path, text in (more or {}).items():
            archive.writestr(path, text)
    return data.getvalue()
