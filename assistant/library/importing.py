"""Add many files: each has an outcome, a failure stops nothing, and the next run goes on.

Several essays are written together, so that the index is not written again for each.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.citations.references import recognise
from assistant.core.errors import AssistantError, ReadingError
from assistant.core.essay import EssaySummary, IngestReport, Progress
from assistant.library.duplicates import KnownEssays, likeness
from assistant.library.identifying import Identity, id_of, refuse_bad_id, refuse_other_work
from assistant.library.models import no_progress
from assistant.library.snapshot import Snapshot, summary_of
from assistant.library.store import PendingEssay
from assistant.library.walking import FileToAdd, WantedFiles

if TYPE_CHECKING:
    from assistant.library.adding import LibraryWriter

# What is written together: this many passages that are searched, or this share of the library's, whose index
# is written too; never more than the memory of the process that writes should hold, or, where several write,
# that of this one, and no more bytes of PDFs.
_FEWEST_TOGETHER, _SHARE_TOGETHER, _MOST_TOGETHER, _MOST_HERE = 250, 0.05, 5_000, 10_000
_MOST_BYTES = 100_000_000
# A file whose words have so little in common with those of the essay that was read from it is another essay.
_OTHER_WORK = 0.12
_UNEXPECTED = "An unexpected error; please report it with what this prints: assistant doctor"

# Whether an essay is ready to be written, or others must be written before it is prepared.
_Step = Literal["ready", "wait"]
Became = Literal["added", "unchanged", "replaced", "same", "failed", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of a file.

    Attributes:
        path: The file.
        outcome: ``added``; ``replaced``, if the library's essay is now this version; ``unchanged``, if the
            library has it so; ``same``, if it holds this essay from another file; ``failed``; ``removed``, if
            the file was deleted and its essay is in the trash.
        essay: Id of the essay; empty if the file failed.
        report: Its ingest report, if the file was read and not found to be the same.
        message: One sentence on why it failed, or about the other file.
        error: The error, if it failed.
    """

    path: Path
    outcome: Became
    essay: str = ""
    report: IngestReport | None = None
    message: str = ""
    error: BaseException | None = None

    def raise_error(self) -> None:
        """Raise its error, if it failed."""
        if self.error is not None:
            raise self.error


@dataclass(frozen=True, slots=True)
class _Prepared:
    item: FileToAdd
    pending: PendingEssay
    outcome: Became
    message: str


class Importer:
    """Adds files to a library.

    Args:
        writer: Changes the library.
        snapshot: Gives the essays as they are on disk now.
        model: Embedding model for the whole library; otherwise the one it has.
        ocr_language: Language in which a scan is recognised; empty for not.
        again: Whether to read files again that are unchanged.
        replace: Whether a file takes the place of the same essay from another file.
        progress: Called with the stage, the number of steps done and the number there are.
        started: Called with each file when its turn comes.
    """

    def __init__(
        self,
        writer: LibraryWriter,
        snapshot: Callable[[], Snapshot],
        *,
        model: str | None = None,
        ocr_language: str = "",
        again: bool = False,
        replace: bool = False,
        progress: Progress = no_progress,
        started: Callable[[FileToAdd], None] = lambda _item: None,
    ) -> None:
        self._started = started
        self._writer, self._snapshot = writer, snapshot
        self._model, self._ocr_language, self._progress = model, ocr_language, progress
        self._again, self._replace = again or model is not None, replace
        self._known_records = writer.known_records()
        # Essays that are written next, by id, with their passages and the bytes of their files.
        self._waiting: dict[str, _Prepared] = {}
        self._passages = self._bytes = 0
        self._known = KnownEssays({})
        self._see(snapshot())

    def _see(self, snapshot: Snapshot) -> None:
        """Look at the essays that the library now has."""
        self._before = snapshot
        summaries = snapshot.summaries
        self._known.become(summaries)
        self._by_file = {summary.file: name for name, summary in summaries.items() if summary.file}
        self._also = {digest: name for name, summary in summaries.items() for digest in summary.also}
        self._by_digest = {summary.source: name for name, summary in summaries.items()}
        share = int(_SHARE_TOGETHER * sum(each.passages for each in summaries.values()))
        most = min(_MOST_TOGETHER * self._writer.parts, _MOST_HERE)
        self._most = min(most, max(_FEWEST_TOGETHER, share))

    def run(self, items: Iterable[FileToAdd]) -> Iterator[FileOutcome]:
        """Add files, and yield what became of each; of several that are written together, when they are.

        Raises:
            AssistantError: If the library cannot be written to. What was yielded is in it.
        """
        wanted = WantedFiles(self._is_wanted, self._known_records, self._ocr_language, self._model)
        for item in self._writer.ahead(items, wanted):
            self._started(item)
            yield from self._outcomes(item)
        yield from self._flush()

    def _is_wanted(self, item: FileToAdd, digest: str) -> bool:
        """Whether a file must be read, as far as that is known before its turn."""
        is_new = digest not in self._by_digest and digest not in self._also
        return is_new or self._again or self._replace or item.states_record or item.replaces is not None

    def _outcomes(self, item: FileToAdd) -> Iterator[FileOutcome]:
        outcome: FileOutcome | _Step
        try:
            outcome = self._without_reading(item) or self._read(item)
        except AssistantError as error:
            outcome = FileOutcome(path=item.path, outcome="failed", message=str(error), error=error)
        except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - stops none of the others
            outcome = _unexpected(item, error)
        if outcome == "wait":
            yield from self._flush()
            yield from self._outcomes(item)
            return
        if isinstance(outcome, FileOutcome):
            yield outcome
        if self._is_full():
            yield from self._flush()

    def _without_reading(self, item: FileToAdd) -> FileOutcome | None:
        """What becomes of a file whose bytes the library knows; ``None`` if it must be read."""
        if self._again or item.states_record:
            return None
        digest = _digest(item.path)
        if (
            not (self._replace or item.replaces)
            and (other := self._also.get(digest)) in self._before.summaries
        ):
            return self._left(item, str(other), digest)
        essay_id = self._by_digest.get(digest)
        if essay_id is None or essay_id not in self._before.summaries:
            return None
        summary, place = self._before.summaries[essay_id], os.path.abspath(item.path)  # noqa: PTH100
        if item.replaces not in {None, essay_id}:
            return None
        is_other = summary.file not in {"", place} and Path(summary.file).exists()
        self._writer.label(essay_id, item.labels, item.facts, file=None if is_other else place)
        self._by_file[summary.file if is_other else place] = essay_id
        if is_other:
            message = f"It is the same file as {summary.file}, which is {essay_id}."
            return FileOutcome(path=item.path, outcome="same", essay=essay_id, message=message)
        return FileOutcome(path=item.path, outcome="unchanged", essay=essay_id)

    def _read(self, item: FileToAdd) -> FileOutcome | _Step:
        """Read a file and prepare its essay; ``wait`` if essays must be written before."""
        self._progress("reading", 0, 1)
        refuse_bad_id(item.essay_id)
        file = self._writer.read(item.path, self._progress, self._ocr_language)
        record = item.record(file.document.text)
        identified = record or recognise(file.document.text, self._known_records)
        held = item.replaces or item.essay_id or self._held(item.path, file.sha256)
        essay_id = held or id_of(identified, file.stem)
        if essay_id in self._waiting:
            return "wait"

        def pending_as(name: str) -> PendingEssay:
            stated = self._writer.overrides(name).updated(record, item.first_page).labelled(item.labels)
            stated = replace(stated, other=stated.other | dict(item.facts))
            known = self._known_records
            return self._writer.pending(
                item.path, file, Identity(name, identified), stated, known, item.first_page
            )

        pending = pending_as(essay_id)
        summary = summary_of(pending.essay, "", pending.overrides)
        if item.essay_id is not None and item.replaces is None:
            refuse_other_work(item.path, pending.essay, Identity(essay_id, identified), self._before)
            return self._ready(item, pending, "")
        if held is not None and (item.replaces or self._is_version(held, summary)):
            return self._ready(item, pending, "")
        same = self._known.same(summary)
        if same in self._waiting:
            return "wait"
        if same is not None:
            return self._same(item, same, pending, pending_as)
        free = self._free_id(id_of(identified, file.stem), file.sha256)
        return self._ready(item, pending if free == essay_id else pending_as(free), "")

    def _held(self, path: Path, digest: str) -> str | None:
        """Id of the essay that was read from a file at this path, or from one with these bytes."""
        place = os.path.abspath(path)  # noqa: PTH100 - links are not followed
        held = self._by_file.get(place) or self._by_digest.get(digest)
        return held if held in self._before.stamps else None

    def _is_version(self, essay_id: str, summary: EssaySummary) -> bool:
        """Whether an essay is a version of one that the library holds, or repairs a damaged one."""
        held = self._before.summaries.get(essay_id)
        return held is None or likeness(held.sketch, summary.sketch) >= _OTHER_WORK

    def _same(
        self,
        item: FileToAdd,
        essay_id: str,
        pending: PendingEssay,
        pending_as: Callable[[str], PendingEssay],
    ) -> FileOutcome | _Step:
        """Replace the same essay from another file, or leave it."""
        held = self._before.summaries[essay_id]
        has_moved = held.source_name == item.path.name and not (held.file and Path(held.file).exists())
        pages, is_new_pdf = pending.essay.report.pages, pending.essay.is_pdf and held.reader != "pdf"
        is_better = pages > 0 and pages >= held.pages and (held.pages == 0 or is_new_pdf)
        if not (self._replace or is_better or has_moved):
            return self._left(item, essay_id, pending.essay.source_sha256)
        message = "" if has_moved else f"It takes the place of the same essay from {held.source_name}."
        return self._ready(item, pending if pending.essay.id == essay_id else pending_as(essay_id), message)

    def _left(self, item: FileToAdd, essay_id: str, digest: str) -> FileOutcome:
        """Leave the same essay from another file as it is."""
        held = self._before.summaries[essay_id]
        self._writer.label(essay_id, item.labels, item.facts, also=digest)
        message = f"It is the same essay as {essay_id} ({held.source_name}) and was not added again."
        return FileOutcome(path=item.path, outcome="same", essay=essay_id, message=message)

    def _free_id(self, name: str, digest: str) -> str:
        """An id that no other essay has: ``gill-2014``, or else ``gill-2014-2`` and so on."""
        # An essay whose file is damaged is repaired by adding it again.
        held = self._before.summaries
        number, free = 1, name
        while (free in self._waiting or free in held) and self._by_digest.get(digest) != free:
            number += 1
            free = f"{name[:75]}-{number}"
        return free

    def _ready(self, item: FileToAdd, pending: PendingEssay, message: str) -> _Step:
        """Put an essay among those that are written next."""
        essay_id = pending.essay.id
        held = self._before.summaries.get(essay_id)
        outcome: Became = "added" if essay_id not in self._before.stamps else "replaced"
        if held is not None and held.sha256 == hashlib.sha256(pending.chunks.encode()).hexdigest():
            outcome = "unchanged"
        self._waiting[essay_id] = _Prepared(item, pending, outcome, message)
        summary = summary_of(pending.essay, "", pending.overrides)
        self._passages += summary.passages
        self._bytes += len(pending.original.data) if pending.original else 0
        self._known.add(essay_id, summary)
        return "ready"

    def _is_full(self) -> bool:
        return self._passages >= self._most or self._bytes >= _MOST_BYTES

    def _flush(self) -> Iterator[FileOutcome]:
        """Write the essays that are ready."""
        if not self._waiting:
            return
        ready, self._waiting = list(self._waiting.values()), {}
        self._passages = self._bytes = 0
        try:
            yield from self._written(ready)
        except (AssistantError, KeyboardInterrupt):
            raise
        except Exception as error:  # noqa: BLE001 - one essay stops none of the others
            for each in ready:
                try:
                    yield from self._written([each])
                except AssistantError:
                    raise
                except Exception:  # noqa: BLE001 - as above
                    yield _unexpected(each.item, error)
        self._see(self._snapshot())

    def _written(self, ready: Sequence[_Prepared]) -> list[FileOutcome]:
        essays = [each.pending for each in ready]
        self._progress("reading", 1, 1)
        left = self._writer.commit(essays, self._before, model=self._model, progress=self._progress)
        return [_outcome(each, left.get(each.pending.essay.id)) for each in ready]


def _outcome(prepared: _Prepared, error: AssistantError | None) -> FileOutcome:
    path, essay = prepared.item.path, prepared.pending.essay
    if error is not None:
        return FileOutcome(path=path, outcome="failed", message=str(error), error=error)
    return FileOutcome(
        path=path,
        outcome=prepared.outcome,
        essay=essay.id,
        report=essay.report,
        message=prepared.message,
    )


def _unexpected(item: FileToAdd, error: BaseException) -> FileOutcome:
    sentence = f"{item.path}: {_UNEXPECTED} ({type(error).__name__})."
    return FileOutcome(path=item.path, outcome="failed", message=sentence, error=error)


def _digest(path: Path) -> str:
    """Digest of a file.

    Raises:
        ReadingError: If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        if path.is_dir():
            raise ReadingError(f"{path} is a folder without a file that could be an essay.") from error
        raise ReadingError(
            f"{path} cannot be read ({error.strerror}); check that the file is there and may be read."
        ) from error
