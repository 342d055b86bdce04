"""The files and the index of a library in shards, as ``library.backend`` asks for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cluster.centres import are_shared, share_centres
from assistant.cluster.fleet import Fleet
from assistant.cluster.manifest import EssayList, ManifestFile, adopted
from assistant.cluster.placement import shard_for
from assistant.cluster.quotations import ShardedCorpus
from assistant.cluster.search import ShardedSearch
from assistant.cluster.sent import FirstEssays, ReadEssay, SentEssays, ShardFacts
from assistant.core.errors import LibraryError
from assistant.core.essay import EssaySummary, StoredEssay
from assistant.library.backend import Made
from assistant.library.models import Models, OutdatedError
from assistant.library.overrides import Overrides
from assistant.library.store import ChunkFile, Stamp
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.vectors import is_searched_in_part
from assistant.retrieval.models.encoder import Encoder

if TYPE_CHECKING:
    from assistant.documents.document import Document


class ShardedStore:
    """The files of the essays of all shards.

    Args:
        manifest: The manifest.
        fleet: The shards.
        notify: Receives sentences for the user.

    Attributes:
        sent: The essays that shards have sent.
    """

    def __init__(self, manifest: ManifestFile, fleet: Fleet, notify: Callable[[str], None]) -> None:
        self.root: Path = manifest.root
        self._manifest, self._fleet, self._notify = manifest, fleet, notify
        self.sent = SentEssays()

    def stamps(self) -> Mapping[str, Stamp]:
        """The stamp of every essay by id, in alphabetical order."""
        return self._manifest.read().stamps

    def owner(self, essay_id: str) -> str:
        """The shard of an essay, or the one that it would be added to."""
        manifest = self._manifest.read()
        return manifest.owners.get(essay_id) or shard_for(essay_id, list(manifest.shards))

    def summaries(self, stamps: Mapping[str, Stamp]) -> dict[str, EssaySummary]:
        """Summaries of some essays with these stamps, as their shards have them."""
        owners = self._manifest.read().owners
        asked: dict[str, tuple[dict[str, Stamp]]] = {}
        for essay_id, stamp in stamps.items():
            if essay_id in owners:
                asked.setdefault(owners[essay_id], ({},))[0][essay_id] = stamp
        found = self._fleet.call_each("summaries", asked).values()
        return {essay_id: summary for own in found for essay_id, summary in own.items()}

    def corpus(
        self, essays: Mapping[str, StoredEssay], digests: Mapping[str, str], *, is_whole: bool
    ) -> ShardedCorpus:
        """Essays in which quotations are looked up, each where its shard is; see ``EssayFiles.corpus``."""
        return ShardedCorpus(self._fleet, self._owned(digests), essays, is_whole=is_whole)

    def of_each(
        self,
        essays: Mapping[str, StoredEssay],
        digests: Mapping[str, str],
        make: Callable[[StoredEssay], Made],
    ) -> dict[str, Made]:
        """What a function makes of each of some essays where its shard is; see ``EssayFiles.of_each``."""
        del essays
        asked = {name: (own, make) for name, own in self._owned(digests).items()}
        found = self._fleet.call_each("of_each", asked).values()
        return {essay_id: made for own in found for essay_id, made in own.items()}

    def _owned(self, digests: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Digests of the chunk files of essays, by shard and by id."""
        owners = self._manifest.read().owners
        owned: dict[str, dict[str, str]] = {}
        for essay_id, digest in digests.items():
            if essay_id in owners:
                owned.setdefault(owners[essay_id], {})[essay_id] = digest
        return owned

    def load(self, essay_id: str) -> ChunkFile:
        """Read an essay; errors as for ``EssayStore.load``."""
        stamp = self.stamps().get(essay_id)
        known = self.sent.get(essay_id, stamp)
        if known is not None:
            return known[0]
        files: ReadEssay = self._fleet.call(self.owner(essay_id), "read", essay_id)
        self.sent.add(essay_id, stamp, files)
        return files[0]

    def is_readable(self, essay_id: str) -> bool:
        """Whether an essay's chunk file can be opened."""
        return bool(self._fleet.call(self.owner(essay_id), "is_readable", essay_id))

    def overrides(self, essay_id: str) -> Overrides:
        """What the user stated about an essay."""
        known = self.sent.get(essay_id, self.stamps().get(essay_id))
        if known is not None:
            return known[1]
        overrides: Overrides = self._fleet.call(self.owner(essay_id), "overrides", essay_id)
        return overrides

    def source_text(self, essay: StoredEssay) -> str:
        """The decoded source of an essay of the library; errors as for ``EssayStore.source_text``."""
        return str(self._fleet.call(self.owner(essay.id), "source_text", essay.id))

    def document(self, essay: StoredEssay) -> Document:
        """An essay's file as it was read when it was added; errors as for ``EssayStore.document``."""
        document: Document = self._fleet.call(self.owner(essay.id), "document", essay.id)
        return document

    def file(self, essay: StoredEssay) -> bytes:
        """The file that an essay was read from; errors as for ``EssayStore.file``."""
        data: bytes = self._fleet.call(self.owner(essay.id), "file", essay.id)
        return data

    # Changes; they need the library's lock.

    @contextmanager
    def changing(self, shards: Collection[str]) -> Iterator[None]:
        """Change some shards, and show together what became of it, also if something failed."""
        self._manifest.begin(list(shards))
        try:
            yield
            share_centres(self._fleet, self._manifest.read().shards, self._notify)
        finally:
            self.adopt(shards)

    def adopt(self, shards: Iterable[str]) -> None:
        """Replace the manifest by one that agrees with some shards."""
        manifest = self._manifest.read()
        known = {name: () for name in shards if name in manifest.shards}
        listed: dict[str, EssayList] = self._fleet.call_each("listing", known)
        # What another shard is listed with is a copy.
        listed = adopted(manifest.owners, listed)
        self._manifest.write({**manifest.shards, **listed})
        self._manifest.end()


class ShardedIndex:
    """The indexes of all shards.

    Args:
        manifest: The manifest.
        fleet: The shards.
        models: The models with which questions are encoded and passages are read.
        sent: The essays that shards have sent.
        notify: Receives sentences for the user.
    """

    def __init__(
        self,
        manifest: ManifestFile,
        fleet: Fleet,
        models: Models,
        sent: SentEssays,
        notify: Callable[[str], None],
    ) -> None:
        self.models = models
        self._manifest, self._fleet, self._sent, self._notify = manifest, fleet, sent, notify

    def state(self) -> object:
        """A value that changes with the manifest."""
        return self._manifest.state()

    def encoder(self, name: str | None = None) -> Encoder:
        """The embedding model of a name; otherwise that of the shards, or the default one."""
        if name is None:
            models = self._fleet.call_each("model", dict.fromkeys(self._manifest.read().shards, ())).values()
            name = next(filter(None, models), None)
        return self.models.encoder(name)

    def finder(
        self,
        essays: Mapping[str, StoredEssay],
        summaries: Mapping[str, EssaySummary],
        is_current: Callable[[], bool],
        damaged: Collection[str],
    ) -> Finder:
        """A finder of the essays of all shards; arguments and errors as for ``SearchIndex.finder``."""
        del is_current
        manifest = self._manifest.read()
        digests: dict[str, dict[str, str]] = {}
        for essay_id, summary in summaries.items():
            if (owner := manifest.owners.get(essay_id)) is None:
                raise OutdatedError
            digests.setdefault(owner, {})[essay_id] = summary.sha256
        asked = {
            name: (own, [essay_id for essay_id in damaged if manifest.owners.get(essay_id) == name])
            for name, own in digests.items()
        }
        facts: dict[str, ShardFacts] = self._fleet.call_each("open", asked)
        windows = sum(shard.windows for shard in facts.values())
        if is_searched_in_part(windows, windows) and self._share_centres():
            facts = self._fleet.call_each("open", asked)
        models = {shard.model for shard in facts.values()}
        if len(models) > 1:
            names = ", ".join(sorted(model.name for model in models))
            raise LibraryError(
                f"The shards of {self._manifest.root} were made with different models ({names}); "
                "make them again with: assistant add FILE --model NAME, with any essay of the library"
            )
        encoder = self.models.encoder(next(iter(models)).name)
        search = partial(
            ShardedSearch, self._fleet, facts, encoder, asked, FirstEssays(self._sent, manifest.stamps)
        )
        return Finder(search, encoder, essays, self.models.reading_model, summaries)

    def _share_centres(self) -> bool:
        """Give the shards the centres that they should have, if they do not have them; whether it was so."""
        shards = self._manifest.read().shards
        if are_shared(self._fleet.call_each("size", dict.fromkeys(shards, ())).values()):
            return False
        with self._manifest.locked(self._notify):
            share_centres(self._fleet, shards, self._notify)
        return True
