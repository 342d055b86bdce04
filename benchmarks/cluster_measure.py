"""Measure what a library in shards takes, for ``benchmarks/cluster_sheet.py``; writes cluster_figures.json.

    OPENBLAS_NUM_THREADS=1 python benchmarks/cluster_measure.py [--only PART ...] [--windows N] [--essays N]

``size``: one index of N windows against four of a quarter each, in processes of their own. The library is
that of ``benchmarks/scale.py``; rankings must be equal. ``essays``: N essays of ``benchmarks/many.py``, their
bytes, and what a question sends. ``embedding``: the model's time for a window. ``manifest``: lists of a
hundred thousand essays and of a million.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import pickle
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, ClassVar

import many
import numpy as np
import scale
from measuring import machine, resident
from sharded import ShardsApart, Traffic, sharded_search

from assistant.cluster import backend
from assistant.cluster.fleet import LocalFleet
from assistant.cluster.manifest import EssayList, ListedEssay, ManifestFile
from assistant.cluster.opening import models_of, open_cluster
from assistant.cluster.placement import by_shard
from assistant.cluster.shard_index import ShardIndex
from assistant.cluster.splitting import split
from assistant.library.adding import essay_of_passages
from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import Postings
from assistant.retrieval.index.index import Index, IndexSegment
from assistant.retrieval.index.storage import CENTRES, load_index, save_index
from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.index.vectors import SharedCentres, VectorIndex
from assistant.retrieval.index.windows import windows_of
from assistant.retrieval.models.encoder import Integers
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.search import Searcher

FIGURES = Path(__file__).parent / "cluster_figures.json"
SHARDS, RUNS, EMBEDDED = 4, 3, 192
COLUMNS_OF = ("token vectors", "window vectors", "postings", "texts of windows", "other rows")
LISTED, LISTS = (100_000, 1_000_000), 100
# No essay of the synthetic library shares a passage with the next.
scale.ESSAY = 999


def part(index: Index, essays: Sequence[str]) -> Index:
    """The rows of some essays of an index whose essays lie one after the other and own their passages."""
    spans = [index.essays[essay] for essay in essays]

    def rows(axis: str) -> Integers:
        ranges = [np.arange(*getattr(segment, axis), dtype=np.int32) for segment in spans]
        return np.concatenate(ranges)

    windows, passages, tokens = rows("windows"), rows("passages"), rows("tokens")
    segments: dict[str, IndexSegment] = {}
    firsts = {"windows": 0, "passages": 0, "tokens": 0}
    for essay, segment in zip(essays, spans, strict=True):
        ranges = {}
        for axis, first in firsts.items():
            low, high = getattr(segment, axis)
            ranges[axis] = (first, first + high - low)
        segments[essay] = IndexSegment("", **ranges)
        firsts = {axis: end for axis, (_, end) in ranges.items()}
    return Index(
        model=index.model,
        essays=segments,
        windows=tuple(index.windows[int(row)] for row in windows),
        vectors=VectorIndex.build(
            np.concatenate([index.vectors.part(*segment.windows) for segment in spans]),
            np.concatenate([index.vectors.lists(*segment.windows) for segment in spans]),
            index.vectors,
        ),
        owners=np.searchsorted(passages, index.owners[windows]).astype(np.int32),
        bounds=np.searchsorted(tokens, index.bounds[windows]).astype(np.int32),
        ids=index.ids[tokens],
        spans=index.spans[tokens],
        tokens=TokenStore(
            index.tokens.codes[tokens], index.tokens.scales[tokens], scale.DIMENSION, scale.BITS
        ),
        introductions=np.zeros((len(passages), 2), dtype=np.int32),
        lengths=index.lengths[passages],
        pieces=postings_of(index.pieces, passages),
        words=postings_of(index.words, passages),
        vocabulary=dict,
    )


def postings_of(postings: Postings, passages: Integers) -> Postings:
    """The postings of some passages, numbered from 0."""
    terms = np.repeat(postings.terms, np.diff(postings.starts))
    places = np.searchsorted(passages, postings.passages)
    places[places == len(passages)] = 0
    wanted = passages[places] == postings.passages
    starts = np.flatnonzero(np.diff(terms[wanted], prepend=terms[wanted][:1] + np.uint64(1)))
    return Postings(
        terms[wanted][starts],
        np.append(starts, wanted.sum()),
        places[wanted].astype(np.int32),
        postings.counts[wanted],
    )


def opened(folder: str) -> ShardIndex:
    """The index in a folder, as a shard."""
    index = load_index(Path(folder))
    if index is None:
        raise SystemExit(f"{folder} has no index.")
    encoder: Any = scale.NoModel()
    nothing: dict[str, Any] = {}
    return ShardIndex(folder, index, encoder, nothing, nothing.__getitem__)


def size(windows: int, work: Path) -> dict[str, Any]:
    """One index against its shards: milliseconds of a question in turn, and rankings that differ."""
    library = scale.synthetic(windows // (scale.ESSAY * SHARDS) * scale.ESSAY * SHARDS)
    questions = scale.questions_for(library)
    save_index(library.index, work / "whole").make_current()
    count = len(library.vectors)
    nearest = [np.argpartition(-(library.vectors @ query.vector), 10)[:10].tolist() for query in questions]
    del library
    gc.collect()
    whole = load_index(work / "whole")
    if whole is None:
        raise SystemExit("The index cannot be read.")
    placed = by_shard(whole.essays, [f"{number:03}" for number in range(SHARDS)])
    for name, essays in placed.items():
        folder = work / name
        folder.mkdir(exist_ok=True)
        SharedCentres(whole.model.digest, whole.vectors.centres).save(folder / CENTRES)
        save_index(part(whole, essays), folder).make_current()
    engine = whole.vectors.engine
    del whole
    gc.collect()
    alone = ShardsApart({"whole": partial(opened, str(work / "whole"))})
    fleet = ShardsApart({name: partial(opened, str(work / name)) for name in placed})
    whole = load_index(work / "whole")
    if whole is None:
        raise SystemExit("The index cannot be read.")
    encoder: Any = scale.NoModel()
    # In this process, as a folder is; in another, as one shard of all; in four.
    searches = [Searcher(whole, encoder), sharded_search(alone, encoder), sharded_search(fleet, encoder)]
    took: list[list[list[float]]] = [[[] for _ in questions] for _ in searches]
    found: list[list[list[tuple[str, float]]]] = [[] for _ in searches]
    for turn in range(RUNS + 1):
        for number, query in enumerate(questions):
            for place, search in enumerate(searches):
                start = perf_counter()
                ranked = _ranked(search, query)
                took[place][number].append(1e3 * (perf_counter() - start))
                if not turn:
                    found[place].append([(each.passage, each.score) for each in ranked])
    traffic = fleet.traffic
    asked = len(questions) * (RUNS + 1)
    medians = [float(np.median([min(runs[1:]) for runs in times])) for times in took]
    recall = np.mean(
        [
            len(set(whole.vectors.search(query.vector, 10, in_part=True)[0].tolist()) & set(true)) / 10
            for query, true in zip(questions, nearest, strict=True)
        ]
    )
    alone.end()
    fleet.end()
    return {
        "windows": count,
        "shards": {name: len(essays) * scale.ESSAY for name, essays in placed.items()},
        "engine": engine,
        "questions": len(questions),
        "differing": sum(one != other for one, other in zip(found[0], found[2], strict=True)),
        "recall@10 of the nearest windows": round(float(recall), 4),
        "folder, ms": round(medians[0], 2),
        "one shard, ms": round(medians[1], 2),
        "four shards, ms": round(medians[2], 2),
        "four shards over the folder": round(medians[2] / medians[0], 3),
        "four shards over one": round(medians[2] / medians[1], 3),
        "slowest shards, ms": round(1e3 * traffic.slowest / asked, 2),
        "work of one index, ms": round(1e3 * alone.traffic.work / asked, 2),
        "work of four, ms": round(1e3 * traffic.work / asked, 2),
    }


def _ranked(search: Any, query: ranking.Query) -> list[ranking.Ranked]:
    rows = search.rows(None)
    ranked: list[ranking.Ranked] = search.rank_by_late_interaction(query, search.weights(query, rows), rows)
    return ranked


class CountingFleet(LocalFleet):
    """Shards in this process, and what their calls would send over a network."""

    traffic: ClassVar[Traffic] = Traffic()

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns."""
        result = super().call(shard, method, *arguments)
        part_name = str(arguments[1]) if method == "search" else method
        self.traffic.count(part_name, len(pickle.dumps(arguments, protocol=5)))
        self.traffic.count(part_name, len(pickle.dumps(result, protocol=5)))
        self.traffic.calls += 1
        return result

    def call_each(self, method: str, arguments: Mapping[str, Sequence[Any]], *rest: Any) -> dict[str, Any]:
        """What a method of several shards returns, by shard."""
        self.traffic.rounds += 1
        return super().call_each(method, arguments, *rest)


def essays(count: int, work: Path) -> dict[str, Any]:
    """Bytes of an essay and of a window on disk and in memory, and what a question sends to the shards."""
    root = work / "library"
    if not root.exists():
        many.build(root, work / "texts", count)
        split(root, SHARDS, models_of(print), lambda _sentence: None)
    count = windows = tokens = manifest = chunks = 0
    columns = dict.fromkeys(COLUMNS_OF, 0)
    for folder in sorted((root / "shards").iterdir()):
        index = load_index(folder / "index")
        if index is None:
            raise SystemExit(f"{folder} has no index.")
        count, windows, tokens = (
            count + len(index.essays),
            windows + len(index.rows),
            tokens + len(index.ids),
        )
        for path in (folder / "index").glob("*-*/*"):
            columns[_column(path.name)] += path.stat().st_size
        manifest += (folder / "index" / "manifest.json").stat().st_size
        chunks += sum(path.stat().st_size for path in (folder / "data" / "chunks").iterdir())
    lists = sum(path.stat().st_size for path in (root / "shard-lists").iterdir())
    setattr(backend, "LocalFleet", CountingFleet)  # noqa: B010 - it is not exported
    library, traffic = open_cluster(root), CountingFleet.traffic
    gc.collect()
    start = perf_counter()
    library.summaries()
    first = perf_counter() - start
    start = perf_counter()
    summarised = open_cluster(root).summaries()
    again = perf_counter() - start
    tracemalloc.start()
    kept = open_cluster(root)
    kept.summaries()
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    traffic.clear()
    start = perf_counter()
    library.finder()
    opening, opening_bytes = perf_counter() - start, traffic.bytes
    catalogue = (root / "index" / "catalogue.json").stat().st_size
    questions = many.asked(40 + 4)
    for question in questions[:4]:
        library.ask(question, fast=True)
    traffic.clear()
    took = [many.timed(partial(library.ask, question, fast=True)) for question in questions[4:]]
    asked = len(took)
    return {
        "essays": len(summarised),
        "shards": SHARDS,
        "windows": windows,
        "tokens": tokens,
        "bytes a window on disk": {name: round(size / windows, 1) for name, size in columns.items()},
        "bytes an essay on disk": {
            "texts and sources": round(chunks / count),
            "manifest of the index": round(manifest / count),
            "list of its shard": round(lists / count),
        },
        "bytes an essay in the memory of the asking process": round(memory / count),
        "seconds until summaries are known, first": round(first, 2),
        "seconds until summaries are known, again": round(again, 2),
        "seconds to open the shards": round(opening, 2),
        "bytes an essay that one process handles": {
            "summaries: read at the start": round(catalogue / count),
            "lists: read at the start, that of a shard written at a change": round(lists / count),
            "digests: sent when shards are opened, at the start and after a change": round(
                opening_bytes / count
            ),
        },
        "rounds a question": round(traffic.rounds / asked, 1),
        "calls a question": round(traffic.calls / asked, 1),
        "bytes a question": round(traffic.bytes / asked),
        "bytes a question, by method": {
            name: round(size / asked) for name, size in sorted(traffic.by_method.items())
        },
        "ms a question": round(float(np.median(took)), 1),
    }


def _column(name: str) -> str:
    if name.startswith(("tokens", "scales", "ids", "spans")):
        return "token vectors"
    if name == "windows.faiss":
        return "window vectors"
    if name.startswith(("pieces", "words")):
        return "postings"
    return "texts of windows" if name == "windows.jsonl" else "other rows"


def embedding(work: Path) -> dict[str, Any]:
    """Seconds of the processor that the model takes for a window of generated essays."""
    encoder = default_loader(None)
    texts = [path.path.read_text("utf-8") for path in many.essays(work / "embedded", 24)]
    passages = [
        passage
        for number, text in enumerate(texts)
        for passage in essay_of_passages(
            f"e{number}", "", {f"e{number}/p{at}": part for at, part in enumerate(text.split("\n\n"))}
        ).passages
    ]
    windows = [window.text for passage in passages for window in windows_of(passage, encoder)][:EMBEDDED]
    encoder.encode(windows[:16])
    start, worked = perf_counter(), process_time()
    encoder.encode(windows)
    return {
        "windows": len(windows),
        "ms of the processor a window": round(1e3 * (process_time() - worked) / len(windows), 2),
        "ms a window": round(1e3 * (perf_counter() - start) / len(windows), 2),
    }


def manifest(essays: int, work: Path) -> dict[str, Any]:
    """What the lists of so many essays take."""
    names = [f"{number:03}" for number in range(LISTS)]
    ids = [f"author-{number % 9973}-{1900 + number % 120}-{number}" for number in range(essays)]
    start = process_time()
    placed = by_shard(ids, names)
    placing = process_time() - start
    chance = np.random.default_rng(1)
    shards: dict[str, EssayList] = {
        name: {
            essay: ListedEssay((int(stamp), 10_000 + int(stamp) % 977, 0), chance.bytes(32).hex())
            for essay, stamp in zip(own, chance.integers(1 << 60, size=len(own)), strict=True)
        }
        for name, own in placed.items()
    }
    root = work / f"listed-{essays}"
    root.mkdir()
    seconds: dict[str, float] = {"placing": round(placing, 2)}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = process_time()
        result = work()
        seconds[name] = round(process_time() - start, 2)
        return result

    timed("writing all", partial(ManifestFile(root).write, shards))
    shards.clear()
    gc.collect()
    before = resident(os.getpid())
    file = ManifestFile(root)
    known = timed("reading all", file.read)
    timed("owners", lambda: known.owners)
    timed("stamps", lambda: known.stamps)
    memory = resident(os.getpid()) - before
    some = dict(known.shards["001"]) | {"one-more": next(iter(known.shards["001"].values()))}
    timed("writing after one addition", lambda: file.write({**known.shards, "001": some}))
    again = timed("reading after one addition", file.read)
    timed("owners and stamps after one addition", lambda: (again.owners, again.stamps))
    size = sum(path.stat().st_size for path in (root / "shard-lists").iterdir())
    return {
        "essays": essays,
        "shards": LISTS,
        "MB on disk": round(size / 1e6, 1),
        "MB in memory": round(memory),
        "seconds of the processor": seconds,
    }


PARTS = ("size", "essays", "embedding", "manifest")


def main() -> None:
    """Measure the parts, and write the figures next to those of the others."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    parser.add_argument("--windows", type=int, default=1_000_000)
    parser.add_argument("--essays", type=int, default=1_000)
    parser.add_argument("--work", type=Path, metavar="DIR", help="a folder for the essays, used again")
    parser.add_argument("--listed", type=int, nargs="+", default=LISTED)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cluster-") as name:
        work = Path(name)
        parts: dict[str, Callable[[], Any]] = {
            "size": lambda: size(options.windows, work),
            "essays": lambda: essays(options.essays, options.work or work),
            "embedding": lambda: embedding(work),
            "manifest": lambda: [manifest(count, work) for count in options.listed],
        }
        for part_name in options.only:
            busy = round(os.getloadavg()[0], 1)
            measured = parts[part_name]()
            figures = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
            figures[part_name] = measured
            figures.setdefault("measured", {})[part_name] = {
                "on": machine(),
                "day": dt.datetime.now(dt.UTC).date().isoformat(),
                "processes that ran before": busy,
            }
            print(json.dumps(figures[part_name], indent=1), file=sys.stderr, flush=True)
            FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
