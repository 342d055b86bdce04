"""Passages become windows, windows become vectors, and a stored index loads in full or not at all."""

from __future__ import annotations

import json
from dataclasses import fields
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_models import DIMENSION, FakeEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core.essay import Kind, Passage, SourceMap
from assistant.library.adding import essay_of_passages
from assistant.retrieval.index.index import Index, build_index
from assistant.retrieval.index.manifest import MANIFEST, read_manifest
from assistant.retrieval.index.storage import load_index, save_index
from assistant.retrieval.index.vectors import VectorIndex
from assistant.retrieval.index.windows import windows_of
from assistant.retrieval.models.encoder import unit

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.retrieval.models.encoder import Floats

TEXTS = {
    "coast/p01": "The lamp burns all night. The keeper sleeps by day. Ships pass far out.",
    "coast/p02": "A harbour needs a bell. “Nobody rang it,” the pilot wrote — twice.",
    "coast/p03": "Fog came.",
}


def passage(*sentences: str, kind: Kind = "paragraph", name: str = "coast/p01") -> Passage:
    """A passage of sentences, separated by spaces."""
    spans, start = [], 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    text = " ".join(sentences)
    return Passage(name, "coast", 1, kind, "", text, tuple(spans), (), SourceMap(((0, 0),), len(text)))


def words(count: int, stem: str = "w") -> str:
    """A sentence of ``count`` different words."""
    return " ".join(f"{stem}{number}" for number in range(count))


def built(texts: dict[str, str], encoder: FakeEncoder | None = None, previous: Index | None = None) -> Index:
    """An index of passages, given as texts by id."""
    passages = essay_of_passages("coast", "Coast", texts).passages
    return build_index(passages, {"coast": "digest"}, encoder or FakeEncoder(), previous=previous)


def all_vectors(index: VectorIndex) -> Floats:
    """All vectors of an index."""
    return index.part(0, len(index))


def assert_equal(one: Index, other: Index) -> None:
    """Two indexes are equal, array for array."""
    assert one.model == other.model
    assert dict(one.chunk_digests) == dict(other.chunk_digests)
    assert list(one.windows) == list(other.windows)
    names = "owners bounds ids spans introductions lengths tokens.codes tokens.scales"
    for name in names.split():
        mine, theirs = attrgetter(name)(one), attrgetter(name)(other)
        np.testing.assert_array_equal(mine, theirs, err_msg=name)
        assert mine.dtype == theirs.dtype, name
    np.testing.assert_array_equal(all_vectors(one.vectors), all_vectors(other.vectors))
    for mine, theirs in ((one.pieces, other.pieces), (one.words, other.words)):
        for field in fields(mine):
            np.testing.assert_array_equal(getattr(mine, field.name), getattr(theirs, field.name))
    assert one.vocabulary() == other.vocabulary()


def test_windows_are_pairs_of_neighbouring_sentences() -> None:
    found = windows_of(passage("One lamp.", "Two bells.", "Three ships."), FakeEncoder())
    assert [window.text for window in found] == ["One lamp. Two bells.", "Two bells. Three ships."]
    assert [(window.start, window.end) for window in found] == [(0, 20), (10, 33)]


def test_a_single_sentence_is_a_window() -> None:
    assert [window.text for window in windows_of(passage("Fog came."), FakeEncoder())] == ["Fog came."]


def test_sentences_too_long_together_are_windows_of_their_own() -> None:
    first, second = words(6, "a"), words(7, "b")
    found = windows_of(passage(first, second), FakeEncoder(max_tokens=12))
    assert [window.text for window in found] == [first, second]
    together = windows_of(passage(first, second), FakeEncoder(max_tokens=13))
    assert [window.text for window in together] == [f"{first} {second}"]


def test_a_sentence_over_the_limit_is_covered_by_overlapping_pieces() -> None:
    long = words(25)
    found = windows_of(passage("Before it.", long, "After it."), FakeEncoder(max_tokens=8))
    parts = [window for window in found if window.text in long]
    assert parts[0].start == len("Before it. ")
    assert parts[-1].end == len("Before it. ") + len(long)
    for part, following in pairwise(parts):
        assert part.start < following.start < part.end < following.end
    # A quarter of eight pieces is shared.
    assert [len(part.text.split()) for part in parts[:-1]] == [8] * (len(parts) - 1)
    assert parts[1].text.startswith("w6 w7 w8")
    assert [window.text for window in found if window not in parts] == ["Before it.", "After it."]


def test_windows_never_cross_passages() -> None:
    index = built(TEXTS)
    names = [window.passage for window in index.windows]
    assert names == ["coast/p01"] * 2 + ["coast/p02"] + ["coast/p03"]
    assert all(window.text == TEXTS[window.passage][window.start : window.end] for window in index.windows)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(st.from_regex(r"[a-z]{1,4}[,.?]?", fullmatch=True), min_size=1, max_size=12), min_size=1
    ),
    st.integers(2, 9),
)
def test_every_character_of_every_sentence_is_in_a_window(drawn: list[list[str]], limit: int) -> None:
    encoder = FakeEncoder(max_tokens=limit)
    drawn_passage = passage(*(" ".join(sentence) for sentence in drawn))
    covered: set[int] = set()
    for window in windows_of(drawn_passage, encoder):
        assert window.passage == drawn_passage.id
        assert window.text == drawn_passage.text[window.start : window.end]
        assert 1 <= len(encoder.pieces(window.text)) <= limit
        covered.update(range(window.start, window.end))
    for start, end in drawn_passage.sentences:
        assert covered.issuperset(range(start, end))


def vectors(count: int) -> Floats:
    return unit(np.random.default_rng(7).standard_normal((count, DIMENSION)).astype(np.float32))


@pytest.mark.parametrize("allowed", [None, [5], [90, 3, 17, 40, 41, 8]])
def test_the_nearest_vectors_are_those_of_a_full_comparison(allowed: list[int] | None) -> None:
    stored, query = vectors(100), vectors(101)[100]
    rows = np.arange(100) if allowed is None else np.array(allowed)
    cosines = stored[rows] @ query
    order = np.argsort(-cosines)[:10]
    among = None if allowed is None else np.array(allowed, dtype=np.int32)
    found, scores = VectorIndex.build(stored).search(query, 10, among)
    assert found.tolist() == rows[order].tolist()
    np.testing.assert_allclose(scores, cosines[order], atol=1e-5)


def test_fewer_vectors_than_asked_for_are_all_found() -> None:
    found, scores = VectorIndex.build(vectors(3)).search(vectors(1)[0], 10)
    assert sorted(found.tolist()) == [0, 1, 2]
    assert scores[0] == pytest.approx(1)


def test_vectors_are_saved_in_a_folder_with_letters_beyond_ascii(tmp_path: Path) -> None:
    folder = tmp_path / "Brontë – Ærø 読書"
    folder.mkdir()
    VectorIndex.build(vectors(9)).save(folder / "fenêtres.faiss")
    loaded = VectorIndex.load(folder / "fenêtres.faiss")
    assert len(loaded) == 9
    np.testing.assert_array_equal(all_vectors(loaded), vectors(9))


def test_the_index_holds_each_token_with_its_place_in_the_passage() -> None:
    encoder, index = FakeEncoder(), built(TEXTS)
    # The first two windows are sentences 1 and 2, and 2 and 3: they share the six tokens of the second.
    assert index.bounds.tolist() == [[0, 12], [6, 17], [17, 35], [35, 38]]
    assert len(index.ids) == len(index.spans) == len(index.tokens) == 38
    for row, window in enumerate(index.windows):
        tokens = slice(*index.bounds[row])
        pieces = encoder.pieces(window.text)
        assert index.ids[tokens].tolist() == [piece.id for piece in pieces]
        text = TEXTS[window.passage]
        assert [text[start:end] for start, end in index.spans[tokens]] == [
            window.text[piece.start : piece.end] for piece in pieces
        ]


def test_only_kinds_that_questions_search_are_indexed() -> None:
    kinds: list[Kind] = ["title", "author", "heading", "paragraph", "note", "reference", "blockquote"]
    passages = [passage(f"A {kind}.", kind=kind, name=kind) for kind in kinds]
    found = [window.passage for window in build_index(passages, {}, FakeEncoder()).windows]
    assert found == ["paragraph", "note", "blockquote"]


def test_known_windows_are_reused_and_not_encoded_again() -> None:
    encoder = FakeEncoder()
    old = built(TEXTS, encoder)
    encoder.encoded.clear()
    # The known passages have moved: other order, other ids. Of one that has changed, each window is encoded:
    # its tokens are means over windows, which would be others after other changes.
    texts = {"coast/p01": "Fog came.", "coast/p02": TEXTS["coast/p01"], "coast/p03": "Rain."}
    texts["coast/p04"] = TEXTS["coast/p02"] + " So it was."
    renewed = built(texts, encoder, old)
    assert encoder.encoded == [
        "Rain.",
        TEXTS["coast/p02"],
        "“Nobody rang it,” the pilot wrote — twice. So it was.",
    ]
    assert_equal(renewed, built(texts))


def test_the_same_words_are_encoded_once() -> None:
    encoder = FakeEncoder()
    index = built({"coast/p01": "Fog came.", "coast/p02": "Fog came."}, encoder)
    assert encoder.encoded == ["Fog came."]
    assert [window.passage for window in index.windows] == ["coast/p01", "coast/p02"]


def test_nothing_is_reused_from_another_model() -> None:
    encoder = FakeEncoder(digest="fake-2")
    index = built(TEXTS, encoder, built(TEXTS))
    assert len(encoder.encoded) == len(index.windows)
    assert index.model == encoder.info


def test_progress_counts_the_windows_that_are_encoded() -> None:
    reports: list[tuple[int, int]] = []
    passages = essay_of_passages("coast", "Coast", TEXTS).passages
    build_index(passages, {}, FakeEncoder(), progress=lambda done, total: reports.append((done, total)))
    assert reports == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_saved_index_is_loaded_as_it_was(tmp_path: Path) -> None:
    index = built(TEXTS | {"coast/p04": "A line\u2028broken, and « façade » printed."})
    save_index(index, tmp_path / "index").make_current()
    loaded = load_index(tmp_path / "index")
    assert loaded is not None
    assert_equal(loaded, index)


def test_the_current_index_stays_until_the_new_one_is_made_current(tmp_path: Path) -> None:
    old, new = built({"coast/p01": "Fog came."}), built(TEXTS)
    save_index(old, tmp_path).make_current()
    make_current = save_index(new, tmp_path).make_current
    before = load_index(tmp_path)
    assert before is not None
    assert_equal(before, old)
    make_current()
    after = load_index(tmp_path)
    assert after is not None
    assert_equal(after, new)
    # The old one is deleted; a reader that has it open can still use it.
    assert len(list(tmp_path.glob("build-*"))) == 1
    assert_equal(before, old)


def test_an_index_that_cannot_be_written_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_index(built({"coast/p01": "Fog came."}), tmp_path).make_current()
    known = sorted(tmp_path.rglob("*"))

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        save_index(built(TEXTS), tmp_path)
    assert sorted(tmp_path.rglob("*")) == known


def test_no_index_is_none(tmp_path: Path) -> None:
    assert load_index(tmp_path / "nowhere") is None
    assert read_manifest(tmp_path) is None


FILES = ["owners.bin", "bounds.bin", "ids.bin", "spans.bin", "tokens.bin", "scales.bin", "windows.faiss"]
FILES += ["windows.jsonl", "words.counts.npy", "pieces.passages.npy"]


@pytest.mark.parametrize("damage", ["gone", "empty", "cut short", "other bytes"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_never_used(tmp_path: Path, name: str, damage: str) -> None:
    save_index(built(TEXTS), tmp_path).make_current()
    (path,) = tmp_path.glob(f"*/{name}")
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        half = len(whole) // 2
        # "other bytes" keeps the size and the format of the file.
        other = bytes(byte ^ 1 for byte in whole[-8:-4])
        path.write_bytes(
            {"empty": b"", "cut short": whole[:half]}.get(damage, whole[:-8] + other + whole[-4:])
        )
    assert load_index(tmp_path) is None


@pytest.mark.parametrize(
    "change",
    [{"schema": 3}, {"counts": {}}, {"build": "build-none"}, {"model": {}}, {"model": None}, {"files": 7}],
    ids=str,
)
def test_a_manifest_that_does_not_fit_is_never_used(tmp_path: Path, change: dict[str, object]) -> None:
    save_index(built(TEXTS), tmp_path).make_current()
    manifest = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    (tmp_path / MANIFEST).write_text(json.dumps(manifest | change), "utf-8")
    assert load_index(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 4}'])
def test_a_broken_manifest_is_never_used(tmp_path: Path, text: str) -> None:
    save_index(built(TEXTS), tmp_path).make_current()
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    assert load_index(tmp_path) is None
