"""Essays as a library's scanner leaves them: images of pages with a layer of recognised text."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from PIL import Image

_DPI = 200
# Degrees by which pages lie askew, in turn, and what counts as black.
_ASKEW = (0.35, -0.25, 0.1)
_BLACK = 150


def scanned(pdf: Path, folder: Path) -> Path:
    """Images of a file's pages, a little askew, with the text that tesseract reads on them.

    Args:
        pdf: The file that is scanned.
        folder: Working folder; the new PDF is there.

    Raises:
        subprocess.CalledProcessError: If a program fails.
    """
    subprocess.run(
        ["pdftoppm", "-r", str(_DPI), "-gray", str(pdf), str(folder / "page")],  # noqa: S607
        check=True,
    )
    images = []
    for number, path in enumerate(sorted(folder.glob("page-*.pgm"))):
        with Image.open(path) as opened:
            turned = opened.rotate(_ASKEW[number % len(_ASKEW)], Image.Resampling.BICUBIC, fillcolor=255)
        black = turned.point(lambda value: 255 if value > _BLACK else 0).convert("1")
        image = path.with_suffix(".tif")
        black.save(image, compression="group4", dpi=(_DPI, _DPI))
        images.append(str(image))
    listed = folder / "images.txt"
    listed.write_text("\n".join(images) + "\n", encoding="utf-8")
    subprocess.run(
        ["tesseract", str(listed), str(folder / "scan"), "-l", "eng", "pdf"],  # noqa: S607
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        check=True,
        capture_output=True,
    )
    return folder / "scan.pdf"
