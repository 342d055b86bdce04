"""The sheet in the documentation is what the script computes from the committed figures."""

from __future__ import annotations

import subprocess
import sys

from essay_library import ROOT


def test_the_sheet_is_what_the_script_prints() -> None:
    script = ROOT / "benchmarks" / "cluster_sheet.py"
    output = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    document = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    between = document.partition("<!-- cluster_sheet.py: begin -->")[2].partition(
        "<!-- cluster_sheet.py: end"
    )[0]
    assert between.strip() == output.strip()
    assert "100,000,000 windows" in output
