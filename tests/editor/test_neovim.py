"""Debian's Neovim, without a window, with its own client: a draft is opened, corrected and completed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from essay_library import ROOT, sample_library

NAME = "Essay Assistant Authors"
SCRIPT = Path(__file__).with_name("nvim.lua")


def test_neovim_corrects_and_completes_a_draft(tmp_path: Path) -> None:
    neovim = shutil.which("nvim")
    if neovim is None:
        if os.environ.get("CI"):
            pytest.fail("Neovim is not installed; its test must run in CI.")
        pytest.skip("Neovim is not installed; apt-get install neovim to run this test.")
    library, draft, result = sample_library(tmp_path / "library"), tmp_path / "draft.md", tmp_path / "result"
    draft.write_text(
        f"They hold that “The tool cannot tell them appart” ({NAME} 18).\n\nSo be it.\n", "utf-8"
    )
    server = [sys.executable, "-m", "assistant", "lsp", "--library", str(library)]
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "DRAFT": str(draft), "RESULT": str(result),
        "SERVER": "\n".join(server),
        "XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path),
    }  # fmt: skip
    run = subprocess.run(
        [neovim, "--headless", "-u", "NONE", "-n", "-c", f"luafile {SCRIPT}"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert result.exists(), run.stderr
    told = json.loads(result.read_text("utf-8"))
    # Neovim counts columns in bytes.
    assert told[0] == ["diagnostic", 0, 15, "misquoted"]
    answers = dict(each for each in told if each[0] != "diagnostic")
    assert "p. 18" in answers["hover"]
    assert answers["definition"].endswith("/sample.txt")
    assert answers["line"] == f"They hold that “The tool cannot tell them apart” ({NAME} 18)."
    assert answers["left"] == 0
    assert answers["completed"].startswith("😀 They say “The tool cannot tell them apart, but only")
    assert answers["completed"].endswith(f"” ({NAME} 18).")
