"""A library answers the same in one folder and in any number of shards, to the byte of the JSON."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT, SAMPLE, Opened, loader
from fake_models import FakeEncoder, FakeReader
from sharded_library import ShardedOpened, load_fake, models_of

from assistant.cluster import quotations as sharded_quotations
from assistant.cluster import related as cluster_related
from assistant.cluster.opening import open_cluster
from assistant.cluster.search import ShardedSearch
from assistant.cluster.sent import SentQuery
from assistant.cluster.shard_index import ShardIndex
from assistant.cluster.splitting import join
from assistant.core.errors import DamagedEssayError, QuotationError
from assistant.core.essay import SEARCHED_KINDS
from assistant.core.selection import Selection
from assistant.library.library import Library
from assistant.quotations import matches, nearest
from assistant.rendering.answers import answer_object
from assistant.rendering.related import related_object
from assistant.retrieval import ranking, related
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import Ranked, make_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ESSAYS = [SAMPLE, *sorted((ROOT / "tests" / "layouts").glob("*.txt"))]
QUESTIONS = [
    "Who divided the four Gospels into numbered sections and arranged the numbers in ten tables?",
    "Where is the phrase “cannot tell them apart” printed?",
    "What does the essay argue?",
    "How does the essay end?",
    "What does the section Numbering the Leaf say?",
    "Which block quotation speaks of a finger?",
    "What do the notes say about Eusebius?",
    "Who printed the Plato whose page numbes we still cite?",
    "What is the boiling point of helium?",
    "What stands on page 12?",
    "What is on page 9999?",
    "What is a “leaf”?",
    "Who numbered the leaves in London before noon, and which lamp was lit?",
    "the of and",
    "hello",
    "Worüber schreibt der Aufsatz?",
    "?",
]
PARAGRAPH = (
    "Eusebius divided the Gospels into numbered sections. The tables let a reader find what each says. "
    "Printers later numbered the leaves and then the pages of their books, as readers of our own day expect "
    "when they cite a passage, and no machine can tell the two apart without being told."
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("folder") / "library"
    library = Opened(root).library
    for path in ESSAYS:
        library.add(path)
    library.edit("sample", labels=_labels())
    return root


def _labels() -> Any:
    from assistant.core.selection import LabelChanges

    return LabelChanges(tags=("seen",))


@pytest.fixture(params=[1, 2, 3, 8], ids=lambda shards: f"{shards} shards")
def both(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> tuple[Library, Library]:
    """The library in its folder, and a copy of it in shards."""
    shutil.copytree(folder, tmp_path / "library")
    return Opened(folder).library, ShardedOpened(tmp_path / "library", shards=request.param).library


def answers(library: Library) -> Iterator[str]:
    """Answers to all kinds of questions, as JSON."""

    def asked(question: str, **options: Any) -> str:
        answer = library.ask(question, **options)
        return json.dumps(answer_object(answer, explained=True), ensure_ascii=False)

    for question in QUESTIONS:
        yield asked(question, top=12)
        yield asked(question, essays=["sample", "unwrapped"], fast=True)
        yield asked(question, where=Selection(kinds=("paragraph",), tags=("seen",)))
    yield asked("And why?", history=QUESTIONS[:1])
    yield asked("What does he say there?", history=[QUESTIONS[0], QUESTIONS[6]])
    yield asked("Who else?", history=QUESTIONS[6:7])
    for voice in ("author", "quoted"):
        yield asked(QUESTIONS[0], voice=voice)
    yield asked(QUESTIONS[0], per_essay=1, top=5)
    yield asked(PARAGRAPH)


def rankings(library: Library) -> Iterator[object]:
    """Rankings of all passages by every method."""
    searcher = library.finder().searcher
    for method in searcher.methods:
        for question in QUESTIONS:
            yield method, question, searcher.ranking(Question.of(question), method)


def small(_patch: pytest.MonkeyPatch) -> None:
    """All windows are scored."""


def large(patch: pytest.MonkeyPatch) -> None:
    """Only the windows that are nearest, and passages that share most words, are scored."""
    patch.setattr(ranking, "SCORE_ALL", 20)
    patch.setattr(ranking, "BY_VECTOR", 12)
    patch.setattr(ranking, "BY_WORDS", 6)


@pytest.mark.parametrize("size", [small, large])
def test_answers_are_equal_to_the_byte(
    both: tuple[Library, Library],
    size: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size(monkeypatch)
    whole, shards = both
    for wanted, found in zip(answers(whole), answers(shards), strict=True):
        assert found == wanted


@pytest.mark.parametrize("works", [True, False])
def test_passages_are_read_where_they_lie(
    both: tuple[Library, Library], *, works: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, shards = (library.root for library in both)
    readers = FakeReader(works=works), FakeReader(works=works)
    folder = Library(whole, load_encoder=load_fake, reading_model=readers[0])
    sharded = open_cluster(shards, load_encoder=load_fake, reading_model=readers[1])
    read_by_shards: list[tuple[str, int]] = []
    read = ShardIndex.read

    def noted(index: ShardIndex, question: str, ranked: Sequence[Ranked]) -> list[float]:
        assert {each.passage.rpartition("/")[0] for each in ranked} <= index.facts.passages.keys()
        read_by_shards.append((question, len(ranked)))
        return read(index, question, ranked)

    monkeypatch.setattr(ShardIndex, "read", noted)
    assert [*answers(sharded)] == [*answers(folder)]
    assert len(readers[0].read_of) > 10
    if not works:
        # What shards cannot read is tried where it was asked, as in a folder.
        assert len(readers[1].read_of) > len(read_by_shards)
        return
    by_reader = [(question, len(excerpts)) for question, excerpts in readers[1].read_of]
    assert sorted(by_reader) == sorted(read_by_shards)
    texts = [sorted((q, each) for q, all_of in reader.read_of for each in all_of) for reader in readers]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("size", [small, large])
def test_rankings_by_every_method_are_equal(
    both: tuple[Library, Library],
    size: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size(monkeypatch)
    whole, shards = both
    assert list(rankings(shards)) == list(rankings(whole))


@pytest.mark.parametrize("compares_all", [True, False])
def test_related_passages_are_equal_to_the_byte(
    both: tuple[Library, Library], *, compares_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compares_all:
        for module in (related, cluster_related):
            monkeypatch.setattr(module, "COMPARE_ALL", 10)
        monkeypatch.setattr(ranking, "BY_VECTOR", 12)
        monkeypatch.setattr(ranking, "BY_WORDS", 6)
    whole, shards = both
    passages = [
        passage.id
        for essay in whole.essays()
        for passage in essay.passages[::4]
        if passage.kind in SEARCHED_KINDS
    ]
    assert len(passages) > 20
    options: list[dict[str, Any]] = [{"top": 12}, {"essays": ["sample", "unwrapped"]}, {"others": True}]
    for number, passage in enumerate(passages):
        found, wanted = (
            json.dumps(related_object(library.related(passage, **options[number % 3])))
            for library in (shards, whole)
        )
        assert found == wanted


def test_equal_windows_at_the_cut_do_not_depend_on_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same paragraph in ten essays, of which five windows are compared."""
    folder = Opened(tmp_path / "folder").library
    lamp, bell = "The lamp was lit at dusk by the keeper of the tower.", "Bells are kinder than guns in fog."
    for number in range(10):
        path = tmp_path / f"e{number}.txt"
        oil = f"Oil number n{number} came by boat."
        path.write_text("\n\n".join([f"Essay {number}", lamp, oil, bell]) + "\n", "utf-8")
        folder.add(path)
    shutil.copytree(folder.root, tmp_path / "shards")
    shards = ShardedOpened(tmp_path / "shards", shards=3).library
    monkeypatch.setattr(ranking, "SCORE_ALL", 10)
    monkeypatch.setattr(ranking, "BY_WORDS", 2)
    for module in (related, cluster_related):
        monkeypatch.setattr(module, "COMPARE_ALL", 10)
    for most in (5, 12):
        monkeypatch.setattr(ranking, "BY_VECTOR", most)
        for question in map(Question.of, (lamp, bell, "Who lit the lamp, and what is kinder?")):
            late = [library.finder().searcher.ranking(question, "late") for library in (shards, folder)]
            assert late[0] == late[1]
        for passage in folder.essays()[3].passages:
            if passage.kind in SEARCHED_KINDS:
                found, wanted = (library.related(passage.id, top=20) for library in (shards, folder))
                assert related_object(found) == related_object(wanted)


def test_only_the_first_question_is_counted_by_the_shards(
    both: tuple[Library, Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    each = ShardedSearch.each

    def noted(search: ShardedSearch, method: str, arguments: Any) -> dict[str, Any]:
        asked.append(method)
        return each(search, method, arguments)

    monkeypatch.setattr(ShardedSearch, "each", noted)
    library = both[1]
    for question, methods in (
        (QUESTIONS[0], ["counts", "score", "first"]),
        ("Who numbered the leaves?", ["frequencies", "score", "first"]),
        ("Who printed the tables?", ["score", "first"]),
    ):
        asked.clear()
        library.ask(question, fast=True)
        others = ("vocabulary", "containing", "explained")
        assert [method for method in asked if method not in others] == methods
    # Of some passages only the shards know how many have a word.
    asked.clear()
    library.ask(QUESTIONS[0], essays=["sample"], fast=True)
    assert "counts" in asked


def test_a_question_is_written_once_for_all_calls() -> None:
    query = make_query(Question.of(QUESTIONS[0]), FakeEncoder())
    sent = SentQuery(query)
    received = [pickle.loads(pickle.dumps(sent)) for _ in range(2)]  # noqa: S301 - of this test
    assert received[0] is received[1]
    assert received[0].query.question == query.question
    assert (received[0].query.tokens == query.tokens).all()


@pytest.mark.parametrize("most", [None, 3])
def test_verdicts_on_quotations_are_equal(
    both: tuple[Library, Library], most: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if most is not None:
        for module, name in ((nearest, "PLACES"), (sharded_quotations, "PLACES"), (matches, "LOOKED_AT")):
            monkeypatch.setattr(module, name, most)
    whole, shards = both
    essay = whole.essay("sample")
    sentences = [essay.passages[number].text[:120] for number in (10, 15)]
    asked = [
        *sentences,
        *(sentence.replace("e", "o", 2) for sentence in sentences),
        *(f"{sentence[:30]} . . . {sentence[60:]}" for sentence in sentences),
        *("the", "of the", "12", "a finger", "nothing of the kind", "“The tool [...] appart” (12)"),
    ]
    for text in asked:
        assert shards.quote(text) == whole.quote(text)
    only = whole.ids()[:2]
    assert shards.quote("of the", essays=only) == whole.quote("of the", essays=only)
    for text in ("?", ""):
        with pytest.raises(QuotationError):
            shards.quote(text)


def test_everything_else_is_equal_too(both: tuple[Library, Library], tmp_path: Path) -> None:
    whole, shards = both
    assert shards.ids() == whole.ids()
    assert shards.summaries() == whole.summaries()
    assert shards.essays() == whole.essays()
    for essay_id in whole.ids():
        assert shards.source_text(essay_id) == whole.source_text(essay_id)
        assert shards.cite(essay_id) == whole.cite(essay_id)
        assert shards.quotable(essay_id) == whole.quotable(essay_id)
        assert shards.form(essay_id) == whole.form(essay_id)
        assert shards.outline(essay_id) == whole.outline(essay_id)
    assert shards.index_of() == whole.index_of()
    assert shards.compare(QUESTIONS[0], essays=whole.ids()[:3]) == whole.compare(
        QUESTIONS[0], essays=whole.ids()[:3]
    )
    assert shards.export_all(whole.ids(), "bibtex") == whole.export_all(whole.ids(), "bibtex")
    for text in ("The tool cannot tell them appart", "a finger", "nothing of the kind"):
        assert shards.quote(text) == whole.quote(text)
    draft = tmp_path / "draft.txt"
    draft.write_text("It is said that “the tool cannot tell them appart” (12).\n", "utf-8")
    assert shards.check_draft(draft, paraphrases=True) == whole.check_draft(draft, paraphrases=True)


def test_a_library_is_divided_and_joined_without_embedding(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "library"
    shutil.copytree(folder, root)
    encoder = FakeEncoder()
    before = {path.name: path.read_bytes() for path in (root / "data" / "chunks").iterdir()}
    wanted = list(answers(Library(root, load_encoder=loader(encoder))))
    opened = ShardedOpened(root, shards=3)
    assert not (root / "data" / "chunks").exists()
    join(root, models_of(encoder), opened.notices.append)
    assert {path.name: path.read_bytes() for path in (root / "data" / "chunks").iterdir()} == before
    assert not (root / "shards").exists()
    asked = FakeEncoder()
    assert list(answers(Library(root, load_encoder=loader(asked)))) == wanted
    assert opened.notices == []
    texts = {text for essay in Opened(root).library.essays() for text in (p.text for p in essay.passages)}
    assert texts.isdisjoint(asked.encoded)


def test_an_error_is_the_same_after_it_came_from_another_process() -> None:
    error = DamagedEssayError(Path("a/sample.jsonl"), "cannot be read", "try")
    error.__cause__ = OSError(13, "denied")
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301 - of this test
    assert (str(sent), sent.public, sent.essay_id) == (str(error), error.public, "sample")
    assert isinstance(sent.__cause__, OSError)
