"""Quotations and drafts are judged over shards as in one corpus, and few essays are sent for it."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT, Opened
from handmade_essays import essay, passage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sharded_library import ShardedOpened
from written_drafts import DRAFTS, written_about, written_draft

from assistant.citations.styles import style_named
from assistant.cluster import quotations as sharded
from assistant.cluster.quotations import CorpusPart, ShardedCorpus, key_of
from assistant.cluster.store import ShardedStore
from assistant.core.errors import LibraryError
from assistant.core.selection import Selection
from assistant.documents.reading import read_draft_file
from assistant.drafts.check import Checker
from assistant.library.models import OutdatedError
from assistant.library.writing import WritingDesk
from assistant.quotations import corpus as one_corpus
from assistant.quotations import matches, nearest, reuse
from assistant.quotations.corpus import Corpus
from assistant.quotations.essays import SourceEssays
from assistant.rendering.drafts import draft_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from assistant.core.essay import StoredEssay
    from assistant.library.store import ChunkFile

SHARDS = (1, 2, 3, 8)


class Parts:
    """Essays that are dealt out to shards, which pickle what they are sent and what they send.

    Args:
        essays: The essays, in alphabetical order.
        shards: Number of the shards.
    """

    def __init__(self, essays: Sequence[StoredEssay], shards: int) -> None:
        self.essays = {each.id: each for each in essays}
        self.own = {str(shard): essays[shard::shards] for shard in range(shards)}
        self._parts: dict[str, dict[str, CorpusPart]] = {name: {} for name in self.own}
        self._corpora = {name: Corpus(own) for name, own in self.own.items()}
        self.calls: list[str] = []

    def corpus(self, only: Sequence[str] = ()) -> ShardedCorpus:
        """The essays of some ids, or all, as they are looked up in."""
        digests = {
            name: {each.id: "digest" for each in own if not only or each.id in only}
            for name, own in self.own.items()
        }
        return ShardedCorpus(self, digests, self.essays, is_whole=not only)

    def forget(self) -> None:
        """Be started again."""
        self._parts = {name: {} for name in self.own}

    def call_each(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """What a method of several shards returns, by shard."""
        self.calls.append(method)
        sent = pickle.loads(pickle.dumps(dict(arguments)))  # noqa: S301 - of this test
        found = {name: getattr(self, f"_{method}")(name, *own) for name, own in sent.items()}
        received: dict[str, Any] = pickle.loads(pickle.dumps(found))  # noqa: S301 - of this test
        return received

    def _quotable(self, name: str, key: str, digests: Mapping[str, str] | None) -> list[str] | None:
        if digests is None and key != key_of({each.id: "digest" for each in self.own[name]}):
            return None
        self._parts[name][key] = CorpusPart(self._corpora[name], frozenset(digests or ()))
        return []

    def _quotations(self, name: str, key: str, method: str, *arguments: Any) -> Any:
        if key not in self._parts[name]:
            raise OutdatedError
        return getattr(self._parts[name][key], method)(*arguments)


def copies() -> list[StoredEssay]:
    """The essays that the drafts are about, and others that have the same words."""
    copied = [
        replace(
            each,
            id=f"{name}{each.id}",
            passages=tuple(
                replace(
                    passage,
                    id=f"{name}{passage.id}",
                    essay_id=f"{name}{each.id}",
                    continues=f"{name}{passage.continues}" if passage.continues else None,
                )
                for passage in each.passages
            ),
        )
        for each in written_about()
        for name in ("", "a-", "z-")
    ]
    return sorted(copied, key=lambda each: each.id)


def narrow(patch: pytest.MonkeyPatch) -> None:
    """Limits that are met in a few essays too."""
    for module, name, value in (
        (matches, "LISTED", 3),
        (matches, "COUNTED", 7),
        (matches, "LOOKED_AT", 9),
        (matches, "LOOKED_AT_GAPS", 12),
        (matches, "MOST_LETTERS", 3_000),
        (nearest, "PLACES", 3),
        (sharded, "PLACES", 3),
        (one_corpus, "MOST_BEGINNINGS", 11),
        (sharded, "MOST_BEGINNINGS", 11),
        (reuse, "_PLACES", 2),
    ):
        patch.setattr(module, name, value)


def wide(_patch: pytest.MonkeyPatch) -> None:
    """The limits that hold."""


@pytest.mark.parametrize("limits", [wide, narrow])
@pytest.mark.parametrize("shards", SHARDS)
def test_drafts_have_the_same_problems(
    shards: int, limits: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(monkeypatch)
    essays = copies()
    records = {each.id: each.reference for each in essays}
    style = style_named("mla", list(records.values()))
    whole = Checker(SourceEssays.of(essays), style)
    parts = Parts(essays, shards)
    divided = Checker(SourceEssays(records, parts.essays, parts.corpus()), style)
    drafts = [written_draft(name, tmp_path) for name in DRAFTS]
    drafts += sorted((ROOT / "tests" / "data" / "drafts").glob("*.md"))
    problems = 0
    for path in drafts:
        draft = read_draft_file(path)
        wanted, found = whole.check(draft), divided.check(draft)
        assert json.dumps(draft_object(found)) == json.dumps(draft_object(wanted))
        problems += len(wanted.problems)
    assert problems > 50


_WORDS = ("the", "cat", "12", "saw", "a", "lamp", "not", "(Marsh 12)", "tide", "seven", "went.", "Then", "12")
_TEXT = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=25).map(" ".join)
_ESSAYS = st.lists(st.lists(_TEXT, min_size=1, max_size=4), min_size=1, max_size=9)
_SIGNS = (". . .", "[sic]", "[T]he", "“cat", "lamp”")
_MARKED = st.lists(st.sampled_from((*_WORDS, *_SIGNS)), min_size=1, max_size=8)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    essays=_ESSAYS,
    quotations=st.lists(st.tuples(_MARKED.map(" ".join), st.integers(0, 2)), min_size=1, max_size=4),
    draft=_TEXT,
    shards=st.sampled_from(SHARDS),
    is_narrow=st.booleans(),
)
def test_whatever_is_looked_up_is_found_as_in_one_corpus(
    essays: list[list[str]],
    quotations: list[tuple[str, int]],
    draft: str,
    shards: int,
    *,
    is_narrow: bool,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        (narrow if is_narrow else wide)(patch)
        made = [
            essay(*(passage(f"e{number}/p{place}", text) for place, text in enumerate(texts)))
            for number, texts in enumerate(essays)
        ]
        whole, divided = Corpus(made), Parts(made, shards).corpus()
        ids = [each.id for each in made]
        asked = [(f"the {text}", frozenset(ids[: each and len(ids) // each])) for text, each in quotations]
        divided.expect(asked)
        for text, only in asked:
            assert divided.look_up(text, only) == whole.look_up(text, only)
            assert divided.is_exact(text) == whole.is_exact(text)
            assert divided.sentences_beginning(text, 3) == whole.sentences_beginning(text, 3)
        for text in (draft, f"{draft} {' '.join(essays[0])}"):
            assert divided.reused(text, 3) == whole.reused(text, 3)
        some = ids[::2]
        only_some = Corpus([each for each in made if each.id in some])
        of_some = Parts(made, shards).corpus(some)
        for text, _ in asked:
            assert of_some.look_up(text) == only_some.look_up(text)
        assert of_some.reused(draft, 3) == only_some.reused(draft, 3)


def test_quotations_of_a_draft_are_looked_up_together() -> None:
    parts = Parts(copies(), 3)
    corpus = parts.corpus()
    sentences = [each.text[:80] for each in written_about()[0].passages[8:20]]
    asked = [(text, frozenset[str]()) for text in (*sentences, *(f"{text[:60]} xyz" for text in sentences))]
    parts.calls.clear()
    corpus.expect(asked)
    assert len(parts.calls) == 3
    for text, _ in asked:
        corpus.look_up(text)
    assert len(parts.calls) == 3


def test_shards_that_were_started_again_prepare_the_essays_again() -> None:
    parts = Parts(copies(), 2)
    for corpus in (parts.corpus(), parts.corpus(["sample"])):
        wanted = corpus.look_up("of the page", ["sample"])
        assert wanted.verdict == "exact"
        parts.forget()
        assert corpus.look_up("of the page", ["sample"]) == wanted
        parts.forget()
        assert corpus.look_up("the page") == Corpus(list(_some(parts, corpus))).look_up("the page")


def _some(parts: Parts, corpus: ShardedCorpus) -> Iterator[StoredEssay]:
    """The essays of a corpus."""
    for essay_id in sorted(parts.essays):
        if corpus.look_up("the", [essay_id]).comparisons:
            yield parts.essays[essay_id]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A library of two hundred essays in three shards, and a sentence of each."""
    root = tmp_path_factory.mktemp("many")
    own = [f"The lamp of keeper {_name(number)} was lit at dusk, and ship {_name(number * 7 + 5)} saw it."
           for number in range(200)]  # fmt: skip
    for number, sentence in enumerate(own):
        name = _name(number)
        text = (
            f"Lamps of {name}\n\nby Ada {name}\n\n{sentence} It is said that the sea was calm.\n\n"
            f"Nobody knows what became of the lamp. The harbour of {name} was closed in winter.\n"
        )
        (root / f"e{number:03}.txt").write_text(text, "utf-8")
    library = Opened(root / "library").library
    assert all(outcome.outcome == "added" for outcome in library.add_files(sorted(root.glob("*.txt"))))
    ShardedOpened(root / "library", shards=3)
    return root / "library", own


def _name(number: int) -> str:
    """A name of its own for each number."""
    syllables = "ba ce di fo gu ha ke li mo nu pa re si to wu".split()
    return "".join(syllables[number // 15**place % 15] for place in range(3)).capitalize()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the essays that shards have sent."""
    ids: list[str] = []
    load = ShardedStore.load

    def noted(store: ShardedStore, essay_id: str) -> ChunkFile:
        ids.append(essay_id)
        return load(store, essay_id)

    monkeypatch.setattr(ShardedStore, "load", noted)
    return ids


def _draft(own: Sequence[str]) -> str:
    """A draft that quotes two essays, one of them not exactly, and has the words of a third."""
    misquoted = own[20].replace("was lit", "was lighted")
    quoting = f"She writes “{own[10]}” (Nobody 3). Another says that “{misquoted}” without more."
    # What no essay has, and a word that all of them have.
    others = "They speak of “a wholly different matter which nobody wrote down” and of “lamp” again."
    return f"{quoting}\n\n{others}\n\nAnd so {own[30][4:]}\n"


def test_a_check_reads_the_essays_that_a_draft_has_words_of(
    many: tuple[Path, list[str]], loaded: list[str], tmp_path: Path
) -> None:
    root, own = many
    draft = tmp_path / "draft.md"
    draft.write_text(_draft(own), "utf-8")
    report = ShardedOpened(root).library.check_draft(draft)
    kinds = sorted(problem.kind for problem in report.problems)
    assert kinds == ["misquoted", "unmarked", "wrong source"]
    assert len(set(loaded)) == len(loaded) == 3


def test_what_is_written_is_checked_and_completed_without_reading_all_essays(
    many: tuple[Path, list[str]], loaded: list[str], tmp_path: Path
) -> None:
    root, own = many
    draft = tmp_path / "draft.md"
    draft.write_text(_draft(own), "utf-8")
    desk = WritingDesk(ShardedOpened(root).library, "mla")
    assert loaded == []
    checked = desk.check(read_draft_file(draft))
    assert (len(checked.report.problems), len(checked.quotations)) == (3, 4)
    assert len(set(loaded)) == len(loaded) == 3
    places = desk.sentences_beginning(own[40][:30], 5)
    assert [place.text for place in places] == [own[40]]
    desk.quote(places[0])
    assert desk.keys(read_draft_file(draft))
    assert len(loaded) == 4


def test_a_common_word_is_quoted_from_the_essays_that_are_listed(
    many: tuple[Path, list[str]], loaded: list[str]
) -> None:
    library = ShardedOpened(many[0]).library
    verdict = library.quote("of the lamp")
    assert (verdict.places, len(verdict.matches)) == (200, matches.LISTED)
    assert len(loaded) == matches.LISTED
    loaded.clear()
    assert library.quote(many[1][150]).verdict == "exact"
    assert loaded == ["e150"]


def test_records_indexes_and_the_state_of_all_essays_are_given_without_reading_them(
    many: tuple[Path, list[str]], loaded: list[str]
) -> None:
    library = ShardedOpened(many[0]).library
    assert library.export_all(library.ids(), "ris").count("TY  -") == 200
    assert len(library.index_of().essays) == 200
    assert library.diagnosis().essays == 200
    snapshot = library.snapshot()
    of_section = snapshot.passages_of_sections(library.ids(), Selection(sections=("nowhere",)))
    assert of_section == set()
    assert library.cite("e007")[1] != ""
    assert set(loaded) == {"e007"}


def test_an_essay_that_is_changed_meanwhile_is_not_left_out(
    many: tuple[Path, list[str]], tmp_path: Path
) -> None:
    root, own = many
    shutil.copytree(root, tmp_path / "library")
    library = ShardedOpened(tmp_path / "library").library
    first = library.quote(own[3]).matches[0].place.essay_id
    snapshot, other = library.snapshot(), ShardedOpened(tmp_path / "library").library
    # Of another essay that is not there any more nothing is needed.
    other.remove(next(essay_id for essay_id in other.ids() if essay_id != first))
    assert library.quote(own[3]).matches[0].place.essay_id == first
    other.edit(first, reference={"type": "book", "title": "Other"})
    with pytest.raises(LibraryError, match="just been changed"):
        snapshot.sources([first])
    assert library.quote(own[3]).matches[0].citation.in_text != ""


def test_a_damaged_essay_is_left_out_and_named(many: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, own = many
    shutil.copytree(root, tmp_path / "library")
    opened = ShardedOpened(tmp_path / "library")
    essay_id = opened.library.quote(own[3]).matches[0].place.essay_id
    (path,) = (tmp_path / "library").rglob(f"{essay_id}.jsonl")
    data, stamp = path.read_bytes(), path.stat()
    # The same stamp, so that only reading it shows the damage.
    path.write_bytes(data[:-9] + b"\x00" * 9)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    again = ShardedOpened(tmp_path / "library")
    assert again.library.quote(own[3]).verdict != "exact"
    assert any(essay_id in notice for notice in again.notices)
    assert again.library.quote(own[4]).verdict == "exact"
