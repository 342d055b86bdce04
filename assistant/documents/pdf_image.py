"""Pages of a PDF as they are printed: images, drawn on this machine when they are first asked for.

A process of its own draws them, for a damaged or hostile file can crash PDFium. Images are kept in the
user's cache folder; the oldest go when there are too many.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.core.errors import ReadingError
from assistant.core.setting import Box, ImageBox

# Widths of images in pixels: a page is drawn in the next of them, so that few images of it are kept.
WIDTHS = (600, 900, 1200, 1800, 2400)
# Bytes of all images that are kept.
MOST_KEPT = 200 * 1024**2
_PATIENCE = 60.0
# Each process may take a gigabyte, and a reader who scrolls asks for many pages.
_PROCESSES = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PageFrame:
    """How places on a page become places on its image, which may be turned, or a part of the page.

    Attributes:
        matrix: Factors of x and y for the share of the width and of the height, and the shares at 0, 0.
    """

    matrix: tuple[float, float, float, float, float, float]

    def mark(self, box: Box) -> ImageBox:
        """A rectangle on the page as one on its image; what lies outside the image is cut off."""
        corners = [self._share(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        clipped = [round(min(max(edge, 0.0), 1.0), 4) for edge in (left, top, right, bottom)]
        return clipped[0], clipped[1], clipped[2], clipped[3]

    def _share(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        return a * x + c * y + e, b * x + d * y + f


def cache_folder() -> Path:
    """The user's folder for images of pages."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("essay-assistant", appauthor=False)) / "pages"


class PageImages:
    """Images of pages, kept by the digest of their PDF.

    Args:
        folder: Where they are kept; otherwise in the user's cache folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = cache_folder() if folder is None else folder

    def png(
        self, digest: str, pdf: Callable[[], bytes], page: int, width: int, marks: Sequence[ImageBox] = ()
    ) -> bytes:
        """The image of a page as a PNG file.

        Args:
            digest: Digest of the PDF.
            pdf: Gives the PDF, which is needed if the image is not kept.
            page: Index of the page, from 0.
            width: Its width in pixels at least, up to the largest of ``WIDTHS``.
            marks: Rectangles to mark; such an image is not kept.

        Raises:
            ReadingError: If the page cannot be drawn.
        """
        width = next((each for each in WIDTHS if each >= width), WIDTHS[-1])
        task: dict[str, Any] = {"page": page, "width": width, "marks": marks}
        if marks:
            return _run(task, pdf())
        return self._kept(f"{digest}/{page}-{width}.png", lambda: _run(task, pdf()))

    def frame(self, digest: str, pdf: Callable[[], bytes], page: int) -> PageFrame:
        """How places on a page become places on its image; arguments and errors as for ``png``."""
        kept = self._kept(f"{digest}/{page}.json", lambda: _run({"page": page}, pdf()))
        a, b, c, d, e, f = map(float, json.loads(kept))
        return PageFrame((a, b, c, d, e, f))

    def clear(self) -> None:
        """Delete all images that are kept, as when an essay is deleted for good."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self.folder / name
        with suppress(OSError):
            data = path.read_bytes()
            os.utime(path)
            if data:
                return data
        data = make()
        # Without a folder to keep it in, it is made again each time.
        with suppress(OSError):
            self._keep(path, data)
        return data

    def _keep(self, path: Path, data: bytes) -> None:
        # No other user of the machine may see what is read here.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        self._sweep()

    def _sweep(self) -> None:
        """Delete what has not been looked at for longest, until what is left is no more than is kept."""
        found = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        total = 0
        for _, size, path in sorted(found, reverse=True):
            total += size
            if total > MOST_KEPT:
                path.unlink(missing_ok=True)


def _run(task: dict[str, Any], data: bytes) -> bytes:
    """What the process that draws a page writes."""
    command = [sys.executable, "-m", "assistant.documents.pdf_image_worker"]
    message = json.dumps(task).encode() + b"\n" + data
    try:
        with _PROCESSES:
            done = subprocess.run(  # noqa: S603 - our own module, and no shell
                command, input=message, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                timeout=_PATIENCE, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _fault(task) from error
    if done.returncode or not done.stdout:
        raise _fault(task)
    return done.stdout


def _fault(task: dict[str, Any]) -> ReadingError:
    return ReadingError(
        f"Page {task['page'] + 1} of the PDF cannot be drawn within the limits of time and memory, or is "
        "damaged; open the file in a viewer."
    )
