"""A report against the one before it: which figures fell, and which questions came out otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.evaluation.tables import ERRORS, MEASURES

# Figures that are better the lower they are; speeds differ from run to run and are not compared.
_LOWER_IS_BETTER = frozenset(ERRORS)
_PLAIN = (*MEASURES, "r@10")

Figures = dict[str, float]


def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Compare two reports.

    Args:
        before: The earlier report's data.
        now: The later one's.

    Returns:
        ``fell`` and ``rose``: figures that got worse and better; ``lost`` and ``won``: questions whose
        first passage was right and no longer is, and the reverse; ``only_before`` and ``only_now``: sets
        and methods that one of the two lacks; ``before``: when the earlier one was made.
    """
    made: dict[str, Any] = {"before": before["made"], "fell": [], "rose": [], "lost": [], "won": []}
    old, new = _methods(before), _methods(now)
    for key in (key for key in new if key in old):
        place = {"dataset": key[0], "method": key[1]}
        for name, change, better in _changes(_figures(old[key]), _figures(new[key])):
            made["rose" if better else "fell"].append(place | {"measure": name} | change)
    for name in (name for name in _sets(now) if name in _sets(before)):
        for won, question in _turned(_sets(before)[name], _sets(now)[name]):
            made["won" if won else "lost"].append({"dataset": name, **question})
    made["only_before"] = [" ".join(key) for key in old if key not in new]
    made["only_now"] = [" ".join(key) for key in new if key not in old]
    return made


def _sets(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {one["name"]: one for one in data["datasets"]}


def _methods(data: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(one["name"], method["name"]): method for one in data["datasets"] for method in one["methods"]}


def _figures(method: Mapping[str, Any]) -> Figures:
    """All figures of a method by a name that says what they are."""
    calibration = method.get("calibration") or {}
    found: dict[str, Any] = {name: method.get(name) for name in _PLAIN}
    found |= {f"AUROC {name}": value for name, value in (method.get("auroc") or {}).items()}
    found |= {f"AUROC {name} questions": value for name, value in (method.get("auroc_types") or {}).items()}
    found |= {name: calibration.get(name) for name in ERRORS}
    for place, shares in (method.get("highlights") or {}).items():
        found |= {f"highlight {place} {name}": shares.get(name) for name in ("overlap", "page")}
    return {name: value for name, value in found.items() if value is not None}


def _changes(old: Figures, new: Figures) -> Iterator[tuple[str, dict[str, float], bool]]:
    for name in (name for name in new if name in old and new[name] != old[name]):
        better = (new[name] > old[name]) != (name in _LOWER_IS_BETTER)
        yield name, {"before": old[name], "now": new[name]}, better


def _turned(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Questions whose first passage is right in one report alone, method by method."""
    earlier = {(one["id"], one["text"]): one for one in old.get("questions", ())}
    for one in new.get("questions", ()):
        other = earlier.get((one["id"], one["text"]), {})
        for method, right in one.get("right", {}).items():
            was = other.get("right", {}).get(method)
            if was is not None and was != right:
                question = {"method": method, "id": one["id"], "text": one["text"]}
                yield right, question | {"before": other["first"][method], "now": one["first"][method]}


def is_report(data: object) -> bool:
    """Whether JSON has what a comparison looks at."""
    if not isinstance(data, dict) or not isinstance(data.get("made"), str):
        return False
    sets = data.get("datasets")
    return isinstance(sets, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and _are_objects(one.get("methods"), "name")
        and _are_objects(one.get("questions"), "id", "text", "first")
        for one in sets
    )


def _are_objects(found: object, *keys: str) -> bool:
    return isinstance(found, list) and all(isinstance(one, dict) and {*keys} <= one.keys() for one in found)
