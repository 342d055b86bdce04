"""Find the essays of a library that a selection means, or say what there is instead."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, EssaySummary, StoredEssay
from assistant.core.selection import Selection, label_key, parse_years

# Values that a sentence names if nothing has the one that was asked for.
_MOST_NAMED = 5
Summaries = Mapping[str, EssaySummary]


def select_essays(summaries: Summaries, selection: Selection) -> list[str]:
    """Ids of the essays of a selection, in the order of the library.

    Args:
        summaries: Summary of each essay by id.
        selection: The selection. Essays that it names by id must be in the library; this is not checked.

    Raises:
        AssistantError: If no essay is selected; it names values that the library has.
    """
    chosen = dict(summaries)
    if selection.essays:
        chosen = {name: chosen[name] for name in chosen if name in selection.essays}
    asked: list[str] = []
    for what, values, has, values_of in (
        ("author", selection.authors, _has_author, _author_names),
        ("year", selection.years, _has_year, _years),
        ("collection", selection.collections, _is_in_collection, _collections),
        ("tag", selection.tags, _has_tag, _tags),
        ("section", selection.sections, _has_section, _sections),
    ):
        if not values:
            continue
        if what == "year":
            _refuse_no_years(values)
        matching = {
            name: summary for name, summary in chosen.items() if any(has(summary, value) for value in values)
        }
        if not matching:
            raise AssistantError(_nothing(what, values, asked, chosen, values_of))
        chosen = matching
        asked.append(f"{what} {_quoted(values)}")
    return list(chosen)


def section_matches(heading: str, asked: str) -> bool:
    """Whether a heading has the words of another in the same order."""
    words, wanted = _words(heading), _words(asked)
    return bool(wanted) and any(
        words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1)
    )


def passages_in_sections(essay: StoredEssay, sections: Sequence[str]) -> set[str]:
    """Ids of the passages of an essay below headings that have the words of one of some."""
    return {
        passage.id
        for passage in essay.passages
        if any(section_matches(passage.section, section) for section in sections)
    }


def year_of(record: CSLItem) -> int | None:
    """The year in which a work came out; ``None`` if that is unknown."""
    return next(_record_years(record, "issued"), None)


def author_families(record: CSLItem) -> list[str]:
    """Family names of the authors of a work, or of its editors if it has none."""
    return [str(name.get("family") or name.get("literal") or "") for name in _people(record)]


def _has_author(summary: EssaySummary, asked: str) -> bool:
    wanted = _words(asked)
    return bool(wanted) and any(
        set(wanted) <= set(_words(" ".join(map(str, name.values())))) for name in _people(summary.reference)
    )


def _has_year(summary: EssaySummary, asked: str) -> bool:
    years = parse_years(asked)
    return years is not None and any(
        year in years
        for kind in ("issued", "original-date")
        for year in _record_years(summary.reference, kind)
    )


def _is_in_collection(summary: EssaySummary, asked: str) -> bool:
    wanted = label_key(asked).strip("/")
    return any(f"{label_key(path)}/".startswith(f"{wanted}/") for path in summary.collections)


def _has_tag(summary: EssaySummary, asked: str) -> bool:
    return label_key(asked) in map(label_key, summary.tags)


def _has_section(summary: EssaySummary, asked: str) -> bool:
    return any(section_matches(heading, asked) for heading in summary.sections)


def _author_names(summaries: Summaries) -> Iterator[str]:
    return (family for each in summaries.values() for family in author_families(each.reference) if family)


def _years(summaries: Summaries) -> Iterator[str]:
    years = (year_of(each.reference) for each in summaries.values())
    return (str(year) for year in sorted({year for year in years if year is not None}))


def _collections(summaries: Summaries) -> Iterator[str]:
    return (path for each in summaries.values() for path in each.collections)


def _tags(summaries: Summaries) -> Iterator[str]:
    return (tag for each in summaries.values() for tag in each.tags)


def _sections(summaries: Summaries) -> Iterator[str]:
    return (heading for each in summaries.values() for heading in each.sections)


def _nothing(
    what: str,
    values: Sequence[str],
    asked: Sequence[str],
    chosen: Summaries,
    values_of: Callable[[Summaries], Iterable[str]],
) -> str:
    """The sentence for a filter that leaves nothing."""
    among = f" with {' and '.join(asked)}" if asked else ""
    known = sorted(dict.fromkeys(values_of(chosen)))
    if not known:
        return f"No essay{among} has {_article(what)}, so none has {_quoted(values)}."
    if what == "year":
        span = known[0] if len(known) == 1 else f"{known[0]} to {known[-1]}"
        return f"No essay{among} is of {_quoted(values)}; those there are of {span}."
    near = _near(values, known)
    listed = ", ".join(near or known[:_MOST_NAMED])
    more = "" if near or len(known) <= _MOST_NAMED else " and others"
    which = "the nearest" if near else "there is" if len(known) == 1 else "there are"
    return f"No essay{among} has the {what} {_quoted(values)}; {which}: {listed}{more}."


def _near(values: Sequence[str], known: Sequence[str]) -> list[str]:
    """Known values that begin like one of some values or are similar to it."""
    by_key = {" ".join(_words(name)): name for name in known}
    near: dict[str, None] = {}
    for value in values:
        key = " ".join(_words(value))
        parts = [other for other in by_key if key and (key in other or other in key)]
        close = get_close_matches(key, list(by_key)[:5_000], n=_MOST_NAMED, cutoff=0.6)
        near |= dict.fromkeys([*parts, *close])
    return [by_key[key] for key in near][:_MOST_NAMED]


def _refuse_no_years(values: Sequence[str]) -> None:
    for value in values:
        if parse_years(value) is None:
            raise AssistantError(f"{value!r} is no year; give one such as 2014, 2010-2014, 2010- or -2014.")


def _quoted(values: Sequence[str]) -> str:
    return " or ".join(f"“{value}”" for value in values)


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _people(record: CSLItem) -> list[Mapping[str, Any]]:
    for role in ("author", "editor"):
        people = record.get(role)
        if isinstance(people, list) and people:
            return [name for name in people if isinstance(name, dict)]
    return []


def _record_years(record: CSLItem, kind: str) -> Iterator[int]:
    date = record.get(kind)
    parts = date.get("date-parts") if isinstance(date, dict) else None
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, list) and part:
            try:
                yield int(part[0])
            except (TypeError, ValueError):
                continue


def _words(text: str) -> list[str]:
    """Words of a name or heading in one case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (character for character in plain if not unicodedata.combining(character))
    return "".join(character if character.isalnum() else " " for character in letters).split()
