"""What several test files share: where the essays lie, and how frequent a word is."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sample_path() -> Path:
    """The sample essay, which is free for all to copy."""
    return ROOT / "data" / "sample" / "essay.txt"


@pytest.fixture(scope="session")
def real_essay() -> Path:
    """The user's copy of Gill (2014); it is in copyright, so it lies beside the project, not in it."""
    path = ROOT.parent / "shared" / "essays" / "gill-2014.txt"
    if not path.exists():
        if os.environ.get("CI"):
            # A skipped test looks like a passed one on a page of green marks.
            pytest.fail(f"{path.name} is not there; the tests on the real essay must run in CI.")
        pytest.skip(f"{path.name} is not there; put your copy beside the project to run this test.")
    return path


@pytest.fixture(scope="session")
def frequency() -> Callable[[str], float]:
    """Zipf frequency of a word in English."""
    from wordfreq import zipf_frequency  # noqa: PLC0415 - half a second; not every test needs it

    return cache(lambda word: float(zipf_frequency(word, "en")))
