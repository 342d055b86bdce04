"""A library grows and shrinks without being rebuilt, and answers like one that was built at once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Near, Opened, file_digests, hit_scores_of
from fake_models import FakeEncoder
from handmade_essays import TEXTS

from assistant.library.library import Library
from assistant.library.store import ChunkFile, EssayStore
from assistant.retrieval import ranking
from assistant.retrieval.index import vectors as index_vectors
from assistant.retrieval.index.manifest import read_manifest
from assistant.retrieval.index.storage import load_index
from assistant.retrieval.index.vectors import VectorIndex
from assistant.retrieval.models.encoder import Encoded, Floats, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


QUESTIONS = [QUESTION, "Where does the river run past the mill?", "numbered pages", "“the Gospels”"]


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """Another short essay."""
    path = tmp_path / "third.txt"
    path.write_text("Coast\n\n" + "\n\n".join(text + " " + text for text in TEXTS.values()) + "\n")
    return path


def answers(library: Library) -> list[list[tuple[str, Near]]]:
    """Ids and scores of the passages found for each question, best first."""
    return [hit_scores_of(library.ask(question, top=8)) for question in QUESTIONS]


def folder(root: Path, kind: str) -> str:
    """Name of the only folder of a kind in an index."""
    (path,) = (root / "index").glob(f"{kind}-*")
    return path.name


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A library as it is, and one that is searched as large ones are."""
    if request.param == "large":
        monkeypatch.setattr(ranking, "SCORE_ALL", 3)
    return str(request.param)


@pytest.mark.usefixtures("size")
def test_an_essay_is_appended_to_the_others(opened: Opened, tmp_path: Path, third: Path) -> None:
    rows = folder(opened.root, "rows")
    before = file_digests(opened.root / "index" / rows)
    lengths = {name: (opened.root / "index" / rows / name).stat().st_size for name in before}
    whole = {name: (opened.root / "index" / rows / name).read_bytes() for name in before}
    opened.encoder.encoded.clear()
    opened.library.add(third)
    assert not any("numbered sections" in text for text in opened.encoder.encoded)
    assert folder(opened.root, "rows") == rows
    for name, length in lengths.items():
        assert (opened.root / "index" / rows / name).read_bytes()[:length] == whole[name]
    other = Library(tmp_path / "other", load_encoder=lambda _name: FakeEncoder())
    for path in (SAMPLE, third):
        other.add(path)
    assert answers(Opened(opened.root).library) == answers(other)


@pytest.mark.usefixtures("size")
def test_a_removed_essay_is_found_no_more(opened: Opened, tmp_path: Path, third: Path) -> None:
    alone = answers(opened.library)
    opened.library.add(third)
    rows = folder(opened.root, "rows")
    assert answers(opened.library) != alone
    opened.library.remove("third")
    again = Opened(opened.root)
    assert answers(again.library) == alone
    assert again.notices == []
    assert again.encoder.encoded == [*QUESTIONS]
    # So few unused rows may stay.
    assert folder(opened.root, "rows") == rows
    # Added again, it comes after them.
    again.library.add(third)
    other = Library(tmp_path / "other", load_encoder=lambda _name: FakeEncoder())
    for path in (SAMPLE, third):
        other.add(path)
    assert answers(again.library) == answers(other)


def test_rows_of_removed_essays_are_dropped_when_they_are_many(opened: Opened, third: Path) -> None:
    opened.library.add(third)
    rows = folder(opened.root, "rows")
    found = [hit.passage.id for hit in opened.library.ask("keeper lamp").hits]
    opened.library.remove("sample")
    again = Opened(opened.root)
    assert [hit.passage.id for hit in again.library.ask("keeper lamp").hits] == found
    assert folder(opened.root, "rows") != rows
    # Nothing but the question was encoded.
    assert again.encoder.encoded == ["keeper lamp"]
    index = load_index(opened.root / "index")
    assert index is not None
    assert len(index.rows) == len(index.windows)


def test_rows_that_were_never_made_current_are_overwritten(opened: Opened, third: Path) -> None:
    alone = opened.hit_scores()
    build = opened.root / "index" / folder(opened.root, "rows")
    for path in build.iterdir():
        with path.open("ab") as file:
            file.write(b"left by a program that was killed" * 9)
    assert Opened(opened.root).hit_scores() == alone
    opened.library.add(third)
    other = Opened(opened.root)
    assert other.hit_scores()[0][0] == FOUND
    assert other.notices == []
    assert other.library.ask("bells kinder than guns").hits[0].passage.essay_id == "third"


def test_an_addition_that_fails_leaves_the_library_as_it_was(
    opened: Opened, third: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = opened.hit_scores()
    manifest = (opened.root / "index" / "manifest.json").read_bytes()

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("assistant.retrieval.index.storage.Build.make_current", full)
        with pytest.raises(Exception, match="no room"):
            opened.library.add(third)
    assert (opened.root / "index" / "manifest.json").read_bytes() == manifest
    assert len(list((opened.root / "index").glob("build-*"))) == 1
    assert opened.library.ids() == ["sample"]
    other = Opened(opened.root)
    assert other.hit_scores() == found
    assert other.notices == []
    other.library.add(third)
    assert Opened(opened.root).hit_scores()[0][0] == found[0][0]


class Interrupted(FakeEncoder):
    """A model that is interrupted, as by Ctrl-C, after some texts.

    Args:
        after: How many texts it encodes.
    """

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts, or be interrupted."""
        if len(self.encoded) + len(texts) > self._after:
            raise KeyboardInterrupt
        return super().encode(texts, query=query, progress=progress)


def interrupted(root: Path, after: int = 70) -> list[str]:
    """Add the sample and be interrupted; the texts that were encoded."""
    opened = Opened(root, Interrupted(after))
    with pytest.raises(KeyboardInterrupt):
        opened.library.add(SAMPLE)
    return opened.encoder.encoded


def saved_encodings(root: Path) -> list[Path]:
    """Files of saved encodings."""
    return list((root / "index").glob("encodings-*.bin"))


def test_encodings_from_before_an_interrupt_are_used_again(tmp_path: Path, opened: Opened) -> None:
    root = tmp_path / "other"
    done = interrupted(root)
    assert len(done) == 64
    assert Opened(root).library.ids() == []
    steps: list[tuple[str, int, int]] = []
    again = Opened(root)
    again.library.add(SAMPLE, progress=lambda *step: steps.append(step))
    (notice,) = again.notices
    assert "64 windows" in notice
    assert set(done).isdisjoint(again.encoder.encoded)
    assert next(step for step in steps if step[0] == "embedding")[1] == 64
    assert Opened(root).hit_scores() == opened.hit_scores()
    assert saved_encodings(root) == []


def test_two_interrupts_lose_no_more_than_one(tmp_path: Path, opened: Opened) -> None:
    root = tmp_path / "other"
    first = interrupted(root)
    second = interrupted(root)
    assert len(second) == 64
    assert set(first).isdisjoint(second)
    again = Opened(root)
    again.library.add(SAMPLE)
    assert set(again.encoder.encoded).isdisjoint([*first, *second])
    assert Opened(root).hit_scores() == opened.hit_scores()


@pytest.mark.parametrize("harm", ["emptied", "cut short", "garbage", "one byte changed", "a wrong length"])
def test_saved_encodings_that_are_damaged_are_ignored(tmp_path: Path, opened: Opened, harm: str) -> None:
    root = tmp_path / "other"
    interrupted(root)
    (path,) = saved_encodings(root)
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(
        {
            "emptied": b"",
            "cut short": whole[:half],
            "garbage": bytes(range(256)) * (len(whole) // 256),
            "one byte changed": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :],
            "a wrong length": whole[:4] + b"\xff\xff\xff\xff" + whole[8:],
        }[harm]
    )
    again = Opened(root)
    again.library.add(SAMPLE)
    assert Opened(root).hit_scores() == opened.hit_scores()
    assert saved_encodings(root) == []


def test_encodings_of_another_model_are_not_used(tmp_path: Path) -> None:
    root = tmp_path / "other"
    interrupted(root)
    again = Opened(root, FakeEncoder(digest="fake-2"))
    again.library.add(SAMPLE)
    assert again.notices == []
    assert saved_encodings(root) == []


def clustered(count: int, seed: int = 7) -> Floats:
    """Unit vectors in a tenth as many clusters."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((max(1, count // 10), 32))
    drawn = centres[generator.integers(len(centres), size=count)] + 0.3 * generator.standard_normal(
        (count, 32)
    )
    return unit(drawn.astype(np.float32))


@pytest.fixture
def inverted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An inverted file from a thousand vectors on."""
    monkeypatch.setattr(index_vectors, "MOST_FLAT", 1_000)


def recall(index: VectorIndex, vectors: Floats, allowed: np.ndarray | None = None) -> float:
    """Share of the ten nearest vectors that is found."""
    rows = np.arange(len(vectors), dtype=np.int32) if allowed is None else allowed
    hits = 0
    for query in vectors[:50]:
        nearest = rows[np.argsort(-(vectors[rows] @ query))[:10]]
        hits += len(set(nearest.tolist()) & set(index.search(query, 10, allowed)[0].tolist()))
    return hits / 500


@pytest.mark.usefixtures("inverted")
def test_an_inverted_file_finds_nearly_all(tmp_path: Path) -> None:
    vectors = clustered(4_000)
    assert VectorIndex.build(vectors[:1_000]).engine == "Flat"
    assert VectorIndex.build(vectors).engine == "IVF64,SQ8"
    VectorIndex.build(vectors).save(tmp_path / "windows.faiss")
    index = VectorIndex.load(tmp_path / "windows.faiss")
    assert len(index) == len(vectors)
    assert recall(index, vectors) > 0.9
    # Among few rows all lists are searched, and only these rows are found.
    few = np.arange(5, 4_000, 40, dtype=np.int32)
    assert recall(index, vectors, few) > 0.95
    assert set(index.search(vectors[0], 200, few)[0].tolist()) == set(few.tolist())
    np.testing.assert_allclose(index.part(7, 30), vectors[7:30], atol=0.02)


@pytest.mark.usefixtures("inverted")
def test_vectors_are_added_to_a_trained_inverted_file(tmp_path: Path) -> None:
    vectors = clustered(4_100)
    VectorIndex.build(vectors[:4_000]).save(tmp_path / "windows.faiss")
    old = VectorIndex.load(tmp_path / "windows.faiss")
    joined = old.joined(VectorIndex.build(vectors[4_000:]))
    # Rows of the old one are unchanged, byte for byte.
    np.testing.assert_array_equal(joined.part(0, 4_000), old.part(0, 4_000))
    assert len(joined) == 4_100
    assert joined.search(vectors[4_050], 1)[0].tolist() == [4_050]


@pytest.mark.parametrize(("first", "second"), [(0, 5), (5, 0), (990, 20), (0, 1_001)])
@pytest.mark.usefixtures("inverted")
def test_an_index_becomes_an_inverted_file_when_it_is_large(first: int, second: int) -> None:
    vectors = clustered(first + second)
    joined = VectorIndex.build(vectors[:first]).joined(VectorIndex.build(vectors[first:]))
    assert len(joined) == first + second
    assert joined.search(vectors[2], 1)[0].tolist() == [2]


def test_the_manifest_names_the_engine(opened: Opened) -> None:
    manifest = read_manifest(opened.root / "index")
    assert manifest is not None
    assert manifest["engine"] == "Flat"


def test_essays_that_are_not_found_are_not_read(
    opened: Opened, third: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.library.add(SECOND)
    opened.library.add(third)
    opened.library.ask(QUESTION)
    read: list[str] = []
    load = EssayStore.load

    def noted(store: EssayStore, essay_id: str) -> ChunkFile:
        read.append(essay_id)
        return load(store, essay_id)

    monkeypatch.setattr("assistant.library.store.EssayStore.load", noted)
    again = Opened(opened.root)
    (hit,) = again.library.ask(QUESTION, top=1).hits
    assert hit.passage.id == FOUND
    assert set(read) == {"sample"}


@pytest.mark.parametrize("text", ["", "{}", "0\n{}", "x" * 99])
def test_a_damaged_catalogue_is_made_again(opened: Opened, text: str) -> None:
    found = opened.hit_scores()
    path = opened.root / "index" / "catalogue.json"
    whole = path.read_text()
    path.write_text(text)
    again = Opened(opened.root)
    assert again.hit_scores() == found
    assert again.notices == []
    assert path.read_text() == whole


def test_a_catalogue_of_a_folder_that_was_copied_is_renewed(opened: Opened, tmp_path: Path) -> None:
    found = opened.hit_scores()
    # Copied without the times of its files.
    shutil.copytree(opened.root, tmp_path / "copy", copy_function=shutil.copyfile)
    again = Opened(tmp_path / "copy")
    assert again.hit_scores() == found
    assert again.notices == []
