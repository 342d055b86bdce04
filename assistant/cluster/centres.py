"""The centres of the shards' inverted files: those that one index of the whole library would have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce

from assistant.cluster.fleet import Fleet
from assistant.cluster.sent import ShardSize
from assistant.retrieval.index.vectors import Sample, SharedCentres, lists_to_learn


def are_shared(sizes: Iterable[ShardSize]) -> bool:
    """Whether all shards have the centres that their library should have."""
    indexed = [size for size in sizes if size.model]
    if len({size.model for size in indexed}) > 1:
        # The question is refused; the shards are made again with one model.
        return True
    windows = sum(size.windows for size in indexed)
    most = max((size.lists for size in indexed), default=0)
    return len({size.centres for size in indexed}) < 2 and not lists_to_learn(windows, most)


def share_centres(fleet: Fleet, shards: Iterable[str], notify: Callable[[str], None]) -> None:
    """Give all shards the same centres; if the library has outgrown those that it has, others are learnt.

    If it is interrupted, the next call goes on. The caller has the library's lock.

    Args:
        fleet: The shards.
        shards: Their names.
        notify: Receives a sentence for the user if centres are learnt.
    """
    sizes: dict[str, ShardSize] = fleet.call_each("size", dict.fromkeys(shards, ()))
    if are_shared(sizes.values()):
        return
    # The newest have the most lists.
    newest = max(sizes, key=lambda name: sizes[name].lists)
    windows = sum(size.windows for size in sizes.values())
    if lists := lists_to_learn(windows, sizes[newest].lists):
        notify(f"The library has {windows:,} windows; {lists:,} lists are made for the search.")
        shared = _learnt(fleet, sizes, lists)
    else:
        shared = fleet.call(newest, "centres")
    others = [name for name, size in sizes.items() if size.centres != shared.digest or not size.model]
    fleet.call_each("share", dict.fromkeys(others, (shared,)))


def _learnt(fleet: Fleet, sizes: Mapping[str, ShardSize], lists: int) -> SharedCentres:
    """Centres of so many lists, learnt from the windows of all shards."""
    asked = {name: (lists,) for name, size in sizes.items() if size.windows}
    samples: list[Sample] = list(fleet.call_each("sample", asked).values())
    sample = reduce(lambda sample, other: sample.joined(other, lists), samples)
    model = next(size.model for size in sizes.values() if size.model)
    return SharedCentres(model, sample.learn(lists))
