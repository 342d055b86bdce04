"""Add what a reference manager holds: new and changed items only, one essay an item.

What is known of the item is stored with what the user stated about the essay, as ``zotero``: data folder, the
keys of item and attachment, and the state of file, record, tags and collections when they were taken over.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.citations.managed import Attachment, ManagedItem
from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, EssaySummary, IngestReport
from assistant.core.items import ItemOutcome, ItemResult
from assistant.core.selection import LabelChanges
from assistant.library.item_files import Choice, FoundItems, choose
from assistant.library.walking import FileToAdd
from assistant.library.zotero_links import FACTS

if TYPE_CHECKING:
    from assistant.library.adding import LibraryWriter
    from assistant.library.importing import FileOutcome


_LONGEST_LABEL, _MOST_LABELS = 200, 200


@dataclass(slots=True)
class _Planned:
    """An item whose file is to be read.

    Attributes:
        item: The item.
        file: The file with what is stated about it.
        choice: Its attachments.
        essay: Id of the essay that it has already; empty for a new item.
    """

    item: ManagedItem
    file: FileToAdd
    choice: Choice
    essay: str


class ItemLibrary(Protocol):
    """What is needed of the library to which items are added; see ``Holdings`` for its methods."""

    def summaries(self) -> Mapping[str, EssaySummary]:
        """A summary of each essay by id."""

    def add_files(self, files: Iterable[Path | FileToAdd], **options: Any) -> Iterator[FileOutcome]:
        """Add files, and yield what became of each."""

    def edit(self, essay_id: str, *, reference: CSLItem | Path | None = None) -> IngestReport:
        """Change the record of an essay."""

    def remove(self, essay_id: str) -> None:
        """Remove an essay."""


class ItemImporter:
    """Adds the items of a reference manager to a library.

    Args:
        library: The library.
        writer: Changes it.
        dry_run: Whether only to tell what would be done.
        prune: Whether to remove essays whose items the reference manager no longer has.
        options: As for ``importing.Importer``.
    """

    def __init__(
        self,
        library: ItemLibrary,
        writer: LibraryWriter,
        *,
        dry_run: bool = False,
        prune: bool = False,
        **options: Any,
    ) -> None:
        self._library, self._writer, self._options = library, writer, options
        self._dry_run, self._prune = dry_run, prune
        self._source = ""
        self._facts: dict[str, dict[str, Any]] = {}
        self._by_item: dict[tuple[str, str], str] = {}
        self._also: dict[tuple[str, str], str] = {}
        for essay_id in library.summaries():
            self._know(essay_id, _own(writer.overrides(essay_id).other.get(FACTS)))
        removed = (_own(stated.other.get(FACTS)) for stated in writer.removed_overrides())
        self._removed = {_key(facts) for facts in removed if facts}
        self._new_digests: dict[str, str] = {}
        self._by_digest = {summary.source: name for name, summary in library.summaries().items()}

    def _know(self, essay_id: str, facts: dict[str, Any]) -> None:
        if facts:
            self._facts[essay_id] = facts
            self._by_item[_key(facts)] = essay_id
            for library, item in (pair for pair in facts.get("also", ()) if len(pair) == 2):
                self._also[library, item] = essay_id

    def run(self, found: FoundItems) -> Iterator[ItemOutcome]:
        """Add items, and yield what became of each.

        Args:
            found: The items to add.

        Raises:
            AssistantError: If the library cannot be written to; what was yielded is in it.
        """
        waiting: list[_Planned] = []
        taken: dict[Path, str] = {}
        self._source = os.path.realpath(found.source)
        for item in found.items:
            step = self._step(item, taken)
            if isinstance(step, ItemOutcome):
                yield step
            elif self._dry_run:
                result: ItemResult = "replaced" if step.essay else "added"
                yield _outcome(item, result, step.essay, step.file.path, step.choice.message)
            else:
                waiting.append(step)
        while waiting:
            again: list[_Planned] = []
            yield from self._add(waiting, again)
            waiting = again
        if found.is_library:
            yield from self._gone(found.everything)

    def _step(self, item: ManagedItem, taken: dict[Path, str]) -> ItemOutcome | _Planned:
        """What becomes of an item, or the file that must be read for it."""
        key = (item.library, item.key)
        choice = choose(item)
        essay_id = self._by_item.get(key, "")
        if not essay_id and key in self._also:
            same = self._also[key]
            return _outcome(item, "same", same, message=f"It is the same essay as {same}.")
        if not essay_id and key in self._removed:
            message = (
                "Its essay was removed from this library; see what can be restored with: assistant restore"
            )
            return _outcome(item, "removed", message=message)
        if choice.best is None or choice.best.path is None:
            if essay_id:
                return self._relabelled(item, essay_id, choice)
            return _outcome(item, "no-file", message=choice.message)
        path = choice.best.path
        if path in taken:
            return _outcome(item, "same", path=path, message=f"Its file is that of the item {taken[path]}.")
        taken[path] = item.key
        if not essay_id and (shared := self._same_file(item, path)) is not None:
            return shared
        facts = self._facts.get(essay_id, {})
        if essay_id and (facts.get("attachment"), facts.get("file")) == (choice.best.key, _stamp(path)):
            return self._relabelled(item, essay_id, choice)
        return _Planned(item, self._file(item, choice.best, path, essay_id), choice, essay_id)

    def _same_file(self, item: ManagedItem, path: Path) -> ItemOutcome | None:
        """What becomes of a new item whose file is, byte for byte, that of another item."""
        digest = _file_digest(path)
        if digest and digest in self._new_digests:
            message = f"Its file is that of the item {self._new_digests[digest]}."
            return _outcome(item, "same", path=path, message=message)
        essay_id = self._by_digest.get(digest, "")
        if essay_id not in self._facts:
            self._new_digests[digest] = item.key
            return None
        if not self._dry_run:
            self._share(essay_id, item)
        return _outcome(item, "same", essay_id, path, f"It is the same essay as {essay_id}.")

    def _share(self, essay_id: str, item: ManagedItem) -> None:
        """Store that an item has an essay that remains that of the item which was added first."""
        first = self._facts[essay_id]
        pairs = [*(list(pair) for pair in first.get("also", ())), [item.library, item.key]]
        facts = first | {"also": pairs}
        self._writer.label(essay_id, LabelChanges(), {FACTS: facts})
        self._know(essay_id, facts)

    def _file(self, item: ManagedItem, attachment: Attachment, path: Path, essay_id: str) -> FileToAdd:
        """The file of an attachment, with what is stated about its essay."""
        held = essay_id or self._held(path)
        record = item.record if self._takes_record(item, held) else None
        return FileToAdd(
            path=path,
            reference=record,
            replaces=essay_id or None,
            labels=self._label_changes(item, essay_id),
            facts={FACTS: self._new_facts(item, attachment, self._facts.get(essay_id, {}))},
        )

    def _held(self, path: Path) -> str:
        """Id of the essay that the user has added from a file by hand; empty if there is none."""
        return self._by_digest.get(_file_digest(path), "") if self._by_digest else ""

    def _takes_record(self, item: ManagedItem, essay_id: str) -> bool:
        """Whether the item's record counts: it is new, and the user stated none by hand."""
        if item.record is None:
            return False
        if not essay_id:
            return True
        stated, facts = self._writer.overrides(essay_id).reference, self._facts.get(essay_id, {})
        is_by_hand = stated is not None and record_digest(stated) != facts.get("record")
        return not is_by_hand and record_digest(item.record) != facts.get("record")

    def _relabelled(self, item: ManagedItem, essay_id: str, choice: Choice) -> ItemOutcome:
        """Take over what has changed besides the file: record, tags and collections."""
        facts = self._facts[essay_id]
        labels = self._label_changes(item, essay_id)
        record = item.record if self._takes_record(item, essay_id) else None
        new = self._new_facts(item, choice.best, facts)
        is_kept = record is None and item.record is not None and new["record"] != facts.get("record")
        message = "Its record was changed; the one that was stated here by hand is kept." if is_kept else ""
        if choice.best is None:
            message = f"{choice.message} Its essay is kept."
        path = choice.best.path if choice.best else None
        changed = record is not None or bool(labels)
        if not self._dry_run and (changed or new != facts):
            try:
                if record is not None:
                    self._library.edit(essay_id, reference=record)
                self._writer.label(essay_id, labels, {FACTS: new})
            except AssistantError as error:
                return _outcome(item, "failed", essay_id, path, str(error))
            self._know(essay_id, new)
        return _outcome(item, "changed" if changed else "unchanged", essay_id, path, message)

    def _label_changes(self, item: ManagedItem, essay_id: str) -> LabelChanges:
        """What has changed since the last time; what the user has added or taken away here remains so."""
        facts = self._facts.get(essay_id, {})
        tags, collections = _labels(item.tags), _labels(item.collections)
        old_tags, old_collections = facts.get("tags", ()), facts.get("collections", ())
        return LabelChanges(
            tags=[tag for tag in tags if tag not in old_tags],
            untag=[tag for tag in old_tags if tag not in tags],
            collections=[name for name in collections if name not in old_collections],
            uncollect=[name for name in old_collections if name not in collections],
        )

    def _new_facts(
        self, item: ManagedItem, attachment: Attachment | None, facts: Mapping[str, Any]
    ) -> dict[str, Any]:
        new = dict(facts) | {
            "source": self._source,
            "library": item.library,
            "item": item.key,
            "record": record_digest(item.record) if item.record is not None else "",
            "tags": _labels(item.tags),
            "collections": _labels(item.collections),
        }
        if attachment is not None and attachment.path is not None:
            new |= {"attachment": attachment.key, "file": _stamp(attachment.path)}
        return new

    def _add(self, planned: Sequence[_Planned], again: list[_Planned]) -> Iterator[ItemOutcome]:
        """Read files; those that cannot be read are replaced by another attachment of their item, if any."""
        by_path = {each.file.path: each for each in planned}
        for outcome in self._library.add_files([each.file for each in planned], **self._options):
            each = by_path[outcome.path]
            item = each.item
            if outcome.outcome == "failed" and each.choice.others:
                best, *others = each.choice.others
                choice = Choice(best, tuple(others), f"Another of its files was tried: {outcome.message}")
                path = best.path or outcome.path
                again.append(_Planned(item, self._file(item, best, path, each.essay), choice, each.essay))
                continue
            yield self._added(each, outcome)

    def _added(self, each: _Planned, outcome: FileOutcome) -> ItemOutcome:
        item, essay_id, result = each.item, outcome.essay, outcome.outcome
        facts = each.file.facts[FACTS]
        message = " ".join(filter(None, (outcome.message, each.choice.message)))
        if result == "failed":
            return _outcome(item, "failed", each.essay, outcome.path, outcome.message)
        if (
            result == "same"
            and (first := self._facts.get(essay_id)) is not None
            and _key(first) != _key(facts)
        ):
            self._share(essay_id, item)
        else:
            self._know(essay_id, facts)
        made = _outcome(item, result, essay_id, outcome.path, message)
        return replace(made, report=outcome.report)

    def _gone(self, everything: Sequence[ManagedItem]) -> Iterator[ItemOutcome]:
        """Essays whose items the reference manager no longer has."""
        keys = {(item.library, item.key) for item in everything}
        for essay_id, facts in sorted(self._facts.items()):
            key = _key(facts)
            # Another data folder, which was added earlier, says nothing of this one.
            if key in keys or facts.get("source") != self._source:
                continue
            title = (
                self._library.summaries()[essay_id].title
                if essay_id in self._library.summaries()
                else essay_id
            )
            message = (
                f"Zotero no longer has it; its essay is kept, and removed with: assistant remove {essay_id}"
            )
            if self._prune:
                message = f"Zotero no longer has it; to restore its essay: assistant restore {essay_id}"
                if not self._dry_run:
                    self._library.remove(essay_id)
            yield ItemOutcome(
                item=key[1], library=key[0], title=title, outcome="gone", essay=essay_id, message=message
            )


def _outcome(
    item: ManagedItem, outcome: ItemResult, essay: str = "", path: Path | None = None, message: str = ""
) -> ItemOutcome:
    return ItemOutcome(
        item=item.key,
        library=item.library,
        title=item.title,
        outcome=outcome,
        essay=essay,
        path=path,
        message=message,
    )


def _own(facts: object) -> dict[str, Any]:
    """The stored facts, if they are of the shape that this program writes."""
    if not isinstance(facts, dict) or not all(
        isinstance(facts.get(name), str) for name in ("library", "item")
    ):
        return {}
    lists = {
        name: facts[name] if isinstance(facts.get(name), list) else []
        for name in ("tags", "collections", "also")
    }
    pairs = [
        pair
        for pair in lists["also"]
        if isinstance(pair, list) and all(isinstance(part, str) for part in pair)
    ]
    return facts | lists | {"also": pairs}


def _key(facts: Mapping[str, Any]) -> tuple[str, str]:
    return facts["library"], facts["item"]


def record_digest(record: CSLItem) -> str:
    """A digest of a record, which tells whether it is still the one that was taken over."""
    text = json.dumps(dict(record), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _stamp(path: Path) -> str:
    """Size of a file and when it was last changed."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}-{status.st_mtime_ns}"


def _file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _labels(names: Iterable[str]) -> list[str]:
    """Tags or collections as they can be stored: without control characters, and not too long or too many."""
    clean = (
        " ".join("".join(filter(str.isprintable, " ".join(name.split()))).split())[:_LONGEST_LABEL]
        for name in names
    )
    return list(dict.fromkeys(filter(None, (name.strip("/ ") for name in clean))))[:_MOST_LABELS]
