"""What a question needs to know of every essay, kept so that only the essays found need be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.types import SEARCHED_KINDS, CSLItem, StoredEssay

_NAME = "catalogue.json"
# When a file was changed last, in nanoseconds, and its size.
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an essay without reading it.

    Attributes:
        sha256: Digest of its chunk file.
        reference: Its CSL-JSON record.
        sections: The headings under which its passages stand, in their order.
        title: Its title.
        source: Digest of the file that it was read from.
        pages: Number of its pages, 0 if the file shows none.
        first_page: Label of the first page, or the empty string.
        last_page: Label of the last page with words on it, or the empty string.
        passages: Number of passages that questions search.
        added: When it was added, as ISO 8601 writes it.
    """

    sha256: str
    reference: CSLItem
    sections: tuple[str, ...]
    title: str
    source: str
    pages: int
    first_page: str
    last_page: str
    passages: int
    added: str

    @classmethod
    def of(cls, essay: StoredEssay, sha256: str = "", added: str = "") -> About:
        """What is known of an essay that has been read."""
        searched = [one for one in essay.passages if one.kind in SEARCHED_KINDS]
        sections, report = dict.fromkeys(one.section for one in searched), essay.report
        return cls(
            sha256,
            essay.reference,
            tuple(filter(None, sections)),
            report.title,
            essay.source_sha256,
            report.pages,
            report.first_page,
            report.last_page,
            len(searched),
            added,
        )


class Catalogue:
    """What is known of the essays of a library, in a file of its ``index/``.

    An essay whose file has the stamp that it had is not read again. The file is a convenience: damaged or
    lost it is made again.

    Args:
        folder: The library's ``index/``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._known: dict[str, tuple[Stamp, About]] | None = None

    def read(self, stamps: Mapping[str, Stamp], read: Callable[[str], About]) -> dict[str, About]:
        """What is known of some essays, which are all there are.

        Args:
            stamps: Stamp of each essay's chunk file, by id.
            read: Reads an essay whose file has changed.
        """
        # Another thread may read at the same time, and leave an essay out.
        last = self._loaded() if self._known is None else self._known
        known = {
            essay: found
            for essay, stamp in stamps.items()
            if (found := last.get(essay)) is not None and found[0] == stamp
        }
        if len(known) < len(stamps) or len(known) < len(last):
            known |= {essay: (stamps[essay], read(essay)) for essay in stamps.keys() - known.keys()}
            last = {essay: known[essay] for essay in stamps}
            self._save(last)
        self._known = last
        return {essay: about for essay, (_, about) in last.items()}

    def _loaded(self) -> dict[str, tuple[Stamp, About]]:
        try:
            digest, _, text = self._path.read_text("utf-8").partition("\n")
            if digest != _digest(text):
                return {}
            return {
                essay: ((stamp[0], stamp[1]), About(**(said | {"sections": tuple(said["sections"])})))
                for essay, (stamp, said) in json.loads(text).items()
            }
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return {}

    def _save(self, known: Mapping[str, tuple[Stamp, About]]) -> None:
        made = {essay: [stamp, asdict(about)] for essay, (stamp, about) in known.items()}
        text = json.dumps(made, ensure_ascii=False)
        # Who may only read a library asks it all the same. Half a file tells itself by its digest.
        with suppress(OSError), self._path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(f"{_digest(text)}\n{text}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
