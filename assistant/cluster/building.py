"""Files that are added are read, divided and embedded on the nodes of a cluster, before their turn comes.

The program that adds decides about one file after the other, as it does for a library in a folder: which
essay it is, whether the library has it, under which id. What takes time is done before by tasks, of which
few are under way at a time. An essay's encodings stay on the cluster and go from the task to its shard.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from assistant.core.errors import AssistantError, ReadingError
from assistant.core.essay import CSLItem, Progress, StoredEssay
from assistant.library.adding import DividedFile, FileReader, divide_new
from assistant.library.models import Models
from assistant.library.originals import SourceFile, read_file
from assistant.library.store import PendingEssay
from assistant.library.walking import FileToAdd, WantedFiles
from assistant.retrieval.index.encoding import PassageEncodings
from assistant.retrieval.index.index import encode_essays
from assistant.retrieval.models.encoder import Encoder

# Files of one task: this many, or as many as have so many bytes. More of them waste less time on padding.
_MOST_FILES, _MOST_BYTES = 16, 32_000
# Tasks that are under way or whose files wait for their turn, at least and for each worker; and bytes of
# their files. So much is to do while essays are written.
_FEWEST_TASKS, _TASKS_A_WORKER, _MOST_BYTES_WAITING = 8, 4, 100_000_000
# Larger files, and those that take words from other files, are read by the program that adds them.
_LARGEST, _HAS_PARTS = 50_000_000, (".tex",)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it is sent to a node.

    Attributes:
        item: Its path, which messages name, and what is stated about the essay in it.
        data: Its bytes.
    """

    item: FileToAdd
    data: bytes


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """What a node made of a file.

    Attributes:
        file: What was read of it; ``None`` if it cannot be read.
        divided: Its essay; ``None`` if it cannot be divided.
        error: Why it cannot be read.
    """

    file: SourceFile | None
    divided: DividedFile | None = None
    error: Exception | None = None


class WorkerLostError(Exception):
    """The process that worked on a task ended, or the node that it was on."""


class Workers(Protocol):
    """Processes on the nodes of a cluster that prepare files."""

    def count(self) -> int:
        """Number of tasks that can be worked on at the same time."""

    def share(self, value: object) -> object:
        """Something that tasks get as an argument in place of a value, which is sent to each node once."""

    def submit(self, files: Sequence[SentFile], *arguments: object) -> list[Any]:
        """Let ``Preparer`` work on files, and return what its results are asked for by."""

    def result(self, reference: object) -> Any:
        """A result, when it is there.

        Raises:
            WorkerLostError: If there will be none.
        """

    def cancel(self, references: Sequence[object]) -> None:
        """Work no more on what has not been begun."""


class Preparer:
    """Reads, divides and embeds files on a node; the models are loaded once in each process.

    Args:
        load_encoder: Loads the embedding model of a name.
    """

    def __init__(self, load_encoder: Callable[[str | None], Encoder]) -> None:
        self._load_encoder = load_encoder
        self._models: Models | None = None

    def __call__(
        self, files: Sequence[SentFile], known: Sequence[CSLItem], ocr_language: str, model: str
    ) -> list[Any]:
        """What was made of each file, in a list, and then the encodings of each."""
        if self._models is None:
            self._models = Models(self._load_encoder, None)
        encoder = self._models.encoder(model)
        prepared = [_prepared(file, known, ocr_language) for file in files]
        passages = [each.divided.essay.passages if each.divided else () for each in prepared]
        encodings = encode_essays(passages, encoder)
        return [prepared, *(PassageEncodings(encoder.info, own) for own in encodings)]


def _prepared(sent: SentFile, known: Sequence[CSLItem], ocr_language: str) -> PreparedFile:
    try:
        file = _read(sent, ocr_language)
    except Exception as error:  # noqa: BLE001 - raised when it is the file's turn
        return PreparedFile(None, error=error)
    try:
        return PreparedFile(file, divide_new(sent.item, file, known))
    except Exception:  # noqa: BLE001 - happens again when it is the file's turn
        return PreparedFile(file)


def _read(sent: SentFile, ocr_language: str) -> SourceFile:
    place = str(sent.item.path)
    with tempfile.TemporaryDirectory(prefix="essay-") as folder:
        path = Path(folder) / sent.item.path.name
        path.write_bytes(sent.data)
        try:
            return replace(read_file(path, None, ocr_language), label=place)
        except ReadingError as error:
            raise ReadingError(str(error).replace(str(path), place)) from None


class _Task:
    """Files whose turns come one after the other, and the task that prepares those of them that are sent.

    Args:
        workers: The processes on the nodes.
        items: The files.
        sent: Each as it is sent; ``None`` for those that are not.
        arguments: The other arguments of ``Preparer``.
    """

    def __init__(
        self,
        workers: Workers,
        items: Sequence[FileToAdd],
        sent: Sequence[SentFile | None],
        arguments: Sequence[object],
    ) -> None:
        self.items = items
        self._workers, self._arguments = workers, arguments
        self._sent = {number: file for number, file in enumerate(sent) if file is not None}
        self.size = sum(len(file.data) for file in self._sent.values())
        self.references = self._submit(list(self._sent.values())) if self._sent else []
        self._results: dict[int, tuple[PreparedFile, object]] | None = None

    def _submit(self, files: Sequence[SentFile]) -> list[Any]:
        return self._workers.submit(files, *self._arguments)

    def result(self, number: int) -> tuple[PreparedFile, object] | None:
        """What became of a file, and what its encodings are asked for by; ``None`` if it was not sent."""
        if number not in self._sent:
            return None
        if self._results is None:
            self._results = self._collected()
        return self._results[number]

    def _collected(self) -> dict[int, tuple[PreparedFile, object]]:
        files, *encodings = self.references
        try:
            prepared = self._workers.result(files)
        except WorkerLostError:
            # One file may have been too much for the process; the others need not fail with it.
            alone = {number: self._submit([file]) for number, file in self._sent.items()}
            return {number: self._alone(number, references) for number, references in alone.items()}
        return dict(zip(self._sent, zip(prepared, encodings, strict=True), strict=True))

    def _alone(self, number: int, references: Sequence[Any]) -> tuple[PreparedFile, object]:
        try:
            return self._workers.result(references[0])[0], references[1]
        except WorkerLostError as error:
            failed = ReadingError(
                f"{self._sent[number].item.path} cannot be read on the cluster, where the process that reads "
                f"it ends ({error}); give the nodes more memory, or divide it into files of one essay each."
            )
            return PreparedFile(None, error=failed), None


class ClusterReader(FileReader):
    """Reads and divides files on the nodes of a cluster ahead of their turn, or else in this program.

    Args:
        workers: The processes on the nodes; ``None`` if there are none.
        model: The name of the embedding model that is asked for, or of the library's for ``None``.
        isolates: Whether files are read in processes with limits on this machine, as a server must.
    """

    def __init__(
        self,
        workers: Callable[[], Workers | None],
        model: Callable[[str | None], str],
        *,
        isolates: bool = False,
    ) -> None:
        super().__init__(isolates=isolates)
        self._workers, self._model = workers, model
        # The task and the number of the file whose turn it is.
        self._turn: tuple[_Task, int] | None = None
        # What the encodings of essays are asked for by, by the digest of the file.
        self._encodings: dict[str, object] = {}

    def ahead(self, items: Iterable[FileToAdd], wanted: WantedFiles) -> Iterator[FileToAdd]:
        """The files in order; of several, those that must be read are sent to nodes before their turn."""
        rest = iter(items)
        first = list(islice(rest, 2))
        workers = None if self.isolates or len(first) < 2 else self._workers()
        if workers is None:
            yield from chain(first, rest)
            return
        waiting: deque[_Task] = deque()
        most = max(_FEWEST_TASKS, _TASKS_A_WORKER * workers.count())
        try:
            for task in self._tasks(workers, chain(first, rest), wanted):
                waiting.append(task)
                while len(waiting) >= most or sum(each.size for each in waiting) > _MOST_BYTES_WAITING:
                    yield from self._turns(waiting.popleft())
            while waiting:
                yield from self._turns(waiting.popleft())
        finally:
            self._turn = None
            workers.cancel([reference for task in waiting for reference in task.references])

    def _tasks(self, workers: Workers, items: Iterable[FileToAdd], wanted: WantedFiles) -> Iterator[_Task]:
        arguments = workers.share(wanted.known), wanted.ocr_language, self._model(wanted.model)
        group: list[FileToAdd] = []
        sent: list[SentFile | None] = []
        for item in items:
            group.append(item)
            sent.append(_to_send(item, wanted))
            if len(group) >= _MOST_FILES or sum(len(each.data) for each in sent if each) >= _MOST_BYTES:
                yield _Task(workers, group, sent, arguments)
                group, sent = [], []
        if group:
            yield _Task(workers, group, sent, arguments)

    def _turns(self, task: _Task) -> Iterator[FileToAdd]:
        for number, item in enumerate(task.items):
            self._turn = task, number
            yield item

    def _result(self, path: Path) -> tuple[PreparedFile, object] | None:
        """What a node made of the file at a path, if it is its turn."""
        if self._turn is None:
            return None
        task, number = self._turn
        return task.result(number) if task.items[number].path == path else None

    def read(self, path: Path, progress: Progress, ocr_language: str) -> SourceFile:
        """An essay's file as a node has read it, or as it is read now."""
        result = self._result(path)
        if result is None:
            return super().read(path, progress, ocr_language)
        prepared, _ = result
        if prepared.file is None:
            raise prepared.error or WorkerLostError
        return prepared.file

    def divide(
        self,
        path: Path,
        file: SourceFile,
        essay_id: str,
        record: CSLItem | None,
        known: Sequence[CSLItem],
        *,
        first_page: str | None,
    ) -> StoredEssay:
        """The essay that a node has made of a file, if it is the one that is wanted; else it is made now."""
        result = self._result(path)
        divided = None if result is None else result[0].divided
        if result is not None and divided is not None and result[0].file is file:
            self._encodings[file.sha256] = result[1]
            made_with = divided.essay.id, divided.record, divided.first_page
            if made_with == (essay_id, record, first_page):
                return divided.essay
        return super().divide(path, file, essay_id, record, known, first_page=first_page)

    def take_encodings(self, pending: Sequence[PendingEssay]) -> dict[str, object]:
        """What the encodings of essays that are written now are asked for by, by id; the rest is dropped."""
        by_digest, self._encodings = self._encodings, {}
        digests = {each.essay.id: each.essay.source_sha256 for each in pending}
        return {name: by_digest[digest] for name, digest in digests.items() if digest in by_digest}


def _to_send(item: FileToAdd, wanted: WantedFiles) -> SentFile | None:
    """A file as it is sent to a node; ``None`` if it need not or cannot be read there."""
    if item.path.suffix.lower() in _HAS_PARTS:
        return None
    try:
        if item.path.stat().st_size > _LARGEST:
            return None
        data = item.path.read_bytes()
        if not wanted.is_wanted(item, hashlib.sha256(data).hexdigest()):
            return None
        # A node does not see the file of a record; what cannot be read is told when it is the file's turn.
        stated = item.record("") if isinstance(item.reference, Path) else item.reference
    except (OSError, AssistantError):
        return None
    return SentFile(replace(item, reference=stated), data)


class RayWorkers:
    """Tasks of a Ray cluster; see ``Workers``.

    Args:
        ray: The module, connected to the cluster.
        load_encoder: Loads the embedding model of a name on the nodes.
        deadline: Seconds in which a task must be done when it is its files' turn.
    """

    def __init__(self, ray: Any, load_encoder: Callable[[str | None], Encoder], deadline: float) -> None:
        self._ray, self._deadline = ray, deadline
        preparer = Preparer(load_encoder)

        def prepare_files(*arguments: Any) -> list[Any]:
            return preparer(*arguments)

        # Each process loads the function once, and with it the models.
        self._task = ray.remote(prepare_files)

    def count(self) -> int:
        """Number of tasks that can be worked on at the same time."""
        return int(self._ray.cluster_resources().get("CPU", 0))

    def share(self, value: object) -> object:
        """Something that tasks get as an argument in place of a value."""
        return self._ray.put(value)

    def submit(self, files: Sequence[SentFile], *arguments: object) -> list[Any]:
        """Let ``Preparer`` work on files; a task whose process or node is lost is done again elsewhere."""
        options = {"num_cpus": 1, "num_returns": len(files) + 1, "max_retries": 2}
        task = self._task.options(**options, scheduling_strategy="SPREAD")
        references: list[Any] = task.remote(list(files), *arguments)
        return references

    def result(self, reference: object) -> Any:
        """A result, when it is there; see ``Workers.result``."""
        try:
            return self._ray.get(reference, timeout=self._deadline)
        except self._ray.exceptions.RayTaskError as error:
            # The process lives: the model, say, is not on its machine.
            if isinstance(error.cause, AssistantError):
                raise error.cause from None
            raise WorkerLostError(type(error).__name__) from error
        except (self._ray.exceptions.RayError, TimeoutError) as error:
            raise WorkerLostError(type(error).__name__) from error

    def cancel(self, references: Sequence[object]) -> None:
        """Work no more on what has not been begun."""
        for reference in references:
            self._ray.cancel(reference)
