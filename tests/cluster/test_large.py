"""A library that is searched by an inverted file answers the same in shards, whatever became of it.

The numbers are smaller than in the program: an inverted file from 400 windows on, of which 60 are candidates.
"""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from essay_library import Opened
from sharded_library import ShardedOpened, models_of

from assistant.cluster.shard import Shard
from assistant.cluster.splitting import join, rebalance
from assistant.library.walking import FileToAdd
from assistant.rendering.answers import answer_object
from assistant.retrieval import ranking
from assistant.retrieval.index import vectors
from assistant.retrieval.index.manifest import read_manifest
from assistant.retrieval.index.vectors import SharedCentres, VectorIndex
from assistant.retrieval.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assistant.library.library import Library

WORDS = [f"{first}{second}" for first in "bdfgklmnprst" for second in ("ana", "elo", "iru", "oma", "usi")]
FIRST, MORE, REMOVED = range(24), range(24, 30), (3, 4, 5, 26)


@pytest.fixture(autouse=True)
def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "MOST_FLAT", 400)
    monkeypatch.setattr(vectors, "_AT_ONCE", 100)
    monkeypatch.setattr(ranking, "SCORE_ALL", 100)
    monkeypatch.setattr(ranking, "BY_VECTOR", 60)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Essays of words that are drawn."""
    folder = tmp_path_factory.mktemp("texts")
    for number in (*FIRST, *MORE):
        chance = random.Random(number)
        own = chance.sample(WORDS, 20)

        def sentence(chance: random.Random = chance, own: list[str] = own) -> str:
            return " ".join(chance.choices(own, k=chance.randint(4, 9))).capitalize() + "."

        paragraphs = [" ".join(sentence() for _ in range(4)) for _ in range(8)]
        (folder / f"e{number:02}.txt").write_text("\n\n".join([f"Of {own[0]}", *paragraphs]) + "\n", "utf-8")
    return folder


def add(library: Library, texts: Path, numbers: Iterable[int]) -> None:
    files = [FileToAdd(path=texts / f"e{number:02}.txt") for number in numbers]
    assert {result.outcome for result in library.add_files(files)} == {"added"}


def answered(library: Library) -> list[object]:
    """Rankings by nearness and by late interaction, with scores, and answers as JSON."""
    chance = random.Random(99)
    questions = [" ".join(chance.sample(WORDS, 5)).capitalize() + "?" for _ in range(8)]
    search = library.finder().searcher
    results: list[object] = [
        search.ranking(Question.of(question), method) for question in questions for method in search.methods
    ]
    results += [json.dumps(answer_object(library.ask(question, top=8))) for question in questions]
    some = library.ids()[2:20:3]
    results += [json.dumps(answer_object(library.ask(question, essays=some))) for question in questions[:4]]
    return results


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_large_library_answers_the_same_in_shards(count: int, texts: Path, tmp_path: Path) -> None:
    folder = Opened(tmp_path / "folder")
    add(folder.library, texts, FIRST)
    assert (read_manifest(folder.root / "index") or {})["engine"] == "IVF32,SQ8"
    shutil.copytree(folder.root, tmp_path / "shards")
    shards = ShardedOpened(tmp_path / "shards", shards=count)
    assert answered(shards.library) == answered(folder.library)

    for opened in (folder, shards):
        add(opened.library, texts, MORE)
    assert answered(shards.library) == answered(folder.library)

    for opened in (folder, shards):
        for number in REMOVED:
            opened.library.remove(f"e{number:02}")
    assert answered(shards.library) == answered(folder.library)
    for opened in (folder, shards):
        opened.library.restore("e04")
    assert answered(shards.library) == answered(folder.library)

    other = count % 3 + 2
    rebalance(shards.root, other, models_of(shards.encoder), shards.notices.append)
    assert answered(ShardedOpened(shards.root).library) == answered(folder.library)

    join(shards.root, models_of(shards.encoder), shards.notices.append)
    assert answered(Opened(shards.root).library) == answered(folder.library)


def test_shards_that_grow_learn_the_centres_that_one_folder_would(texts: Path, tmp_path: Path) -> None:
    """Centres are learnt when there are many windows, and again when there should be twice as many lists."""
    folder = Opened(tmp_path / "folder")
    add(folder.library, texts, range(2))
    shutil.copytree(folder.root, tmp_path / "shards")
    shards = ShardedOpened(tmp_path / "shards", shards=3)
    engines = []
    for numbers in (range(2, 13), range(13, 18), range(18, 30)):
        for opened in (folder, shards):
            add(opened.library, texts, numbers)
        engines.append((read_manifest(folder.root / "index") or {})["engine"])
        assert answered(shards.library) == answered(folder.library)
    assert engines == ["Flat", "IVF16,SQ8", "IVF32,SQ8"]


def test_centres_are_shared_again_after_an_interruption(texts: Path, tmp_path: Path) -> None:
    add(Opened(tmp_path / "library").library, texts, FIRST)
    opened = ShardedOpened(tmp_path / "library", shards=3)
    shards = [opened.root / "shards" / name for name in ("001", "002", "003")]
    # One shard has not learnt yet what the others have.
    shard = Shard(shards[1], models_of(opened.encoder), opened.notices.append)
    shard.share(SharedCentres(opened.encoder.info.digest, None))
    assert shard.size().centres == ""
    again = ShardedOpened(opened.root)
    assert again.library.ask("Where is it?").hits
    manifests = [read_manifest(shard / "index") or {} for shard in shards]
    assert {manifest["engine"] for manifest in manifests} == {"IVF32,SQ8"}
    assert len({manifest["centres"] for manifest in manifests}) == 1
    assert again.notices == []


def test_the_list_of_a_vector_does_not_depend_on_the_others() -> None:
    generator = np.random.default_rng(3)
    drawn = generator.standard_normal((900, 32)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    index = VectorIndex.build(drawn)
    again = VectorIndex.build(drawn[generator.permutation(900)])
    assert index.digest == again.digest != ""
    one_by_one = VectorIndex.build(drawn[:1], index.lists(0, 1), index)
    for row in range(1, 900):
        one_by_one = one_by_one.joined(VectorIndex.build(drawn[row : row + 1]))
        assert len(one_by_one) == row + 1
    np.testing.assert_array_equal(one_by_one.lists(0, 900), index.lists(0, 900))
    np.testing.assert_array_equal(one_by_one.part(0, 900), index.part(0, 900))
