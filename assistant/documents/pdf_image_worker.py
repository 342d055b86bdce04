"""The process that draws a page of a PDF: ``python -m assistant.documents.pdf_image_worker``.

The file comes on standard input, after one line of JSON with the task; what was asked for goes to standard
output. The process limits its own memory and time, as the one that reads a PDF does.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from assistant.documents.pdf_worker import MEMORY, SECONDS

# A page is not drawn with more pixels than this, however long it is for its width.
_MOST_PIXELS = 20_000_000
# A mark multiplies red, green and blue by these, as a highlighter does: black stays black.
_MARK = (255, 226, 110)
# PDFium gives whole pixels: of an image this wide they are shares, over this many points they are exact.
_UNIT, _FAR = 1_000_000, 1_000
FAULT = 3


def main() -> None:
    """Do the task on the file and write the result."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    task = json.loads(sys.stdin.buffer.readline())
    try:
        result = _result(task, sys.stdin.buffer.read())
    except (MemoryError, RuntimeError):
        # PDFium's errors are of the second kind.
        sys.exit(FAULT)
    sys.stdout.buffer.write(result)
    sys.stdout.flush()


def _result(task: dict[str, Any], data: bytes) -> bytes:
    import pypdfium2 as pdfium

    page = pdfium.PdfDocument(data)[task["page"]]
    if "width" not in task:
        return json.dumps(_frame(page)).encode()
    return _image(page, task["width"], task["marks"])


def _frame(page: Any) -> list[float]:
    """What leads from places on the page to shares of its width and height, from its upper left corner.

    A page may be turned, or a part of it cut off.
    """
    origin, along, up = _place(page, 0, 0), _place(page, _FAR, 0), _place(page, 0, _FAR)
    factors = [
        (end - start) / _FAR for place in (along, up) for start, end in zip(origin, place, strict=True)
    ]
    return [*factors, *origin]


def _place(page: Any, x: float, y: float) -> tuple[float, float]:
    import ctypes

    import pypdfium2.raw as pdfium_c

    device_x, device_y = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, _UNIT, _UNIT, 0, x, y, device_x, device_y)
    return device_x.value / _UNIT, device_y.value / _UNIT


def _image(page: Any, width: int, marks: Sequence[Sequence[float]]) -> bytes:
    page_width, page_height = page.get_size()
    if page_width <= 0 or page_height <= 0:
        sys.exit(FAULT)
    scale = min(width / page_width, (_MOST_PIXELS / page_width / page_height) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=False)
    channels = bitmap.n_channels
    pixels = bytearray(bitmap.buffer)
    if channels == 1:
        pixels, channels, stride = _in_colour(pixels), 3, bitmap.stride * 3
    else:
        stride = bitmap.stride
    for left, top, right, bottom in marks:
        rows = range(_pixel(top, bitmap.height), _pixel(bottom, bitmap.height))
        columns = _pixel(left, bitmap.width), _pixel(right, bitmap.width)
        _mark(pixels, stride, channels, rows, columns)
    return _png(pixels, stride, channels, (bitmap.width, bitmap.height))


def _in_colour(grey: bytearray) -> bytearray:
    pixels = bytearray(3 * len(grey))
    for channel in range(3):
        pixels[channel::3] = grey
    return pixels


def _pixel(share: float, size: int) -> int:
    return min(max(round(share * size), 0), size)


_TABLES = tuple(bytes(value * factor // 255 for value in range(256)) for factor in _MARK)


def _mark(pixels: bytearray, stride: int, channels: int, rows: range, columns: tuple[int, int]) -> None:
    for row in rows:
        start, end = row * stride + columns[0] * channels, row * stride + columns[1] * channels
        for channel, table in enumerate(_TABLES):
            pixels[start + channel : end : channels] = pixels[start + channel : end : channels].translate(
                table
            )


def _png(pixels: bytearray, stride: int, channels: int, size: tuple[int, int]) -> bytes:
    """An image as a PNG file: in grey if it has no colour, without transparency."""
    width, height = size
    rows = [pixels[row * stride : row * stride + width * channels] for row in range(height)]
    planes = [[row[channel::channels] for row in rows] for channel in range(3)]
    if planes[0] == planes[1] == planes[2]:
        raw, colour = b"".join(b"\0" + row for row in planes[0]), 0
    else:
        colour = 2
        packed = []
        for red, green, blue in zip(*planes, strict=True):
            row = bytearray(3 * width)
            row[0::3], row[1::3], row[2::3] = red, green, blue
            packed.append(b"\0" + row)
        raw = b"".join(packed)
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


if __name__ == "__main__":
    main()
