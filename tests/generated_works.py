"""Three hundred invented works of all kinds that are cited, each with the pages of a citation."""

from __future__ import annotations

import random
from typing import Any

_PEOPLE: list[dict[str, str]] = [
    {"family": "Marsh", "given": "Ada J."},
    {"family": "Quill", "given": "Mara"},
    {"family": "Nash", "given": "Ivy"},
    {"family": "Lefèvre", "given": "Jean-Luc"},
    {"family": "Reed", "given": "Paul"},
    {"family": "Gates", "given": "Henry Louis", "suffix": "Jr."},
    {"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"},
    {"family": "Ibarra", "given": "Luis"},
    {"family": "Stone", "given": "Amy"},
    {"family": "Pike", "given": "Rosa"},
    {"family": "Okafor", "given": "Chidi"},
    {"family": "Hobb", "given": "Thomas"},
]
_MANY = [{"family": f"Writer{letter}", "given": f"{letter}na"} for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
_EAST_ASIAN = [{"family": "森", "given": "鷗外"}, {"family": "김", "given": "소월"}]
_GROUPS = [{"literal": "National Coast Board"}, {"literal": "Institute of Harbour Studies"}]
_TITLES = [
    "Rope and Tide",
    "Rope and Tide: A History of Knots",
    "Who Lit the Lamp?",
    "Who Lit the Lamp? Keepers of the Northern Coast",
    "“Call Me a Cab”: Taxis Today",
    '"Call Me a Cab": Taxis Today',
    "Reading <i>Light at Sea</i>",
    "Of Wrecks and “Wreckers”",
    "A Treatise of Wrecks",
    "Far from the Shore!",
    "The Keeper’s Notes",
]
_JOURNALS = ["Shores", "Sail & Society", "Coast Studies", "The Harbour Review"]
_PAPERS = ["The Hull Times", "Evening Courier"]
_PUBLISHERS = ["Verso", "Brill", "Hull University Press", "University of Leith Press"]
_LOCATORS = ["17", "17-18", "103-104", "245-258", "1", "xii", ""]


def works() -> list[tuple[dict[str, Any], str]]:
    """The records and the locators of their citations, always the same."""
    kinds = [kind for kind, count in _COUNTS.items() for _ in range(count)]
    result = []
    for number, kind in enumerate(kinds):
        chance = random.Random(f"work {number}")
        record = _KINDS[kind](chance)
        result.append((record | {"id": f"w{number}"}, chance.choice(_LOCATORS)))
    return result


def _names(chance: random.Random) -> list[dict[str, str]]:
    drawn = chance.random()
    if drawn < 0.06:
        return [chance.choice(_EAST_ASIAN)]
    if drawn < 0.14:
        return [chance.choice(_GROUPS)]
    if drawn < 0.2:
        return _MANY[: chance.choice([4, 6, 7, 8, 20, 21, 23])]
    return chance.sample(_PEOPLE, chance.choice([1, 1, 1, 2, 2, 3]))


def _some(chance: random.Random, share: float, **fields: object) -> dict[str, Any]:
    return dict(fields) if chance.random() < share else {}


def _years(chance: random.Random) -> dict[str, Any]:
    """The date of a book: mostly a year, sometimes a period, uncertain, ancient or unknown."""
    year, drawn = chance.randint(1890, 2023), chance.random()
    if drawn < 0.1:
        return {"issued": {"date-parts": [[year], [year + chance.choice([1, 7, 20])]]}}
    if drawn < 0.2:
        return {"issued": {"date-parts": [[chance.choice([1540, 1610])]], "circa": True}}
    if drawn < 0.28:
        return {}
    original = chance.choice([1651, 1813, -350, -44]) if drawn < 0.6 else 0
    dates = {"issued": {"date-parts": [[year]]}}
    return dates | ({"original-date": {"date-parts": [[original]]}} if original else {})


def _address(chance: random.Random) -> dict[str, Any]:
    drawn, number = chance.random(), chance.randint(100, 999)
    if drawn < 0.4:
        return {"DOI": f"10.1353/cst.{number}"}
    return {"URL": f"https://coast.example/a/{number}"} if drawn < 0.55 else {}


def _journal(chance: random.Random) -> dict[str, Any]:
    year, first = chance.randint(1950, 2023), chance.choice([1, 96, 103, 844, 1204])
    record: dict[str, Any] = {
        "type": "article-journal",
        "title": chance.choice(_TITLES),
        "author": _names(chance),
        "container-title": chance.choice(_JOURNALS),
        **_some(chance, 0.9, volume=str(chance.randint(1, 90))),
        **_some(chance, 0.8, issue=chance.choice(["1", "2", "4", "1-2", "3-4"])),
    }
    pages: dict[str, Any] = {"page": f"{first}-{first + chance.choice([4, 11, 18, 60])}"}
    record |= pages if chance.random() < 0.85 else {"number": f"e{chance.randint(10, 99):04d}"}
    when, drawn = {"date-parts": [[year]]}, chance.random()
    dates: list[dict[str, Any]] = [
        when,
        {"date-parts": [[year, chance.randint(1, 12)]]},
        when | {"season": chance.randint(1, 4)},
        {"date-parts": [[year, 1], [year, 2]]},
        {"date-parts": [[year], [year + 1]]},
    ]
    weights = [0.5, 0.7, 0.85, 0.92, 1.0]
    record["issued"] = next(date for date, most in zip(dates, weights, strict=True) if drawn < most)
    return record | _address(chance)


def _book(chance: random.Random) -> dict[str, Any]:
    record: dict[str, Any] = {
        "type": "book",
        "title": chance.choice(_TITLES),
        "author": _names(chance),
        "publisher": chance.choice(_PUBLISHERS),
        "publisher-place": "Hull",
        **_years(chance),
        **_some(chance, 0.2, edition=chance.choice(["2", "3", "Revised edition"])),
        **_some(chance, 0.2, volume=str(chance.randint(1, 5))),
        **_some(chance, 0.2, translator=chance.sample(_PEOPLE, chance.choice([1, 2]))),
    }
    if chance.random() < 0.2:
        record["editor"] = chance.sample(_PEOPLE, chance.choice([1, 2, 3]))
        if chance.random() < 0.6:
            del record["author"]
    return record | (_address(chance) if chance.random() < 0.2 else {})


def _chapter(chance: random.Random) -> dict[str, Any]:
    first = chance.randint(1, 300)
    return {
        "type": "chapter",
        "title": chance.choice(_TITLES),
        "author": _names(chance),
        "container-title": chance.choice(["Essays on Ebb", "Stories", "A Companion to the Coast"]),
        "publisher": chance.choice(_PUBLISHERS),
        "publisher-place": "Hull",
        "page": f"{first}-{first + chance.randint(3, 40)}",
        "issued": {"date-parts": [[chance.randint(1950, 2023)]]},
        **_some(chance, 0.8, editor=chance.sample(_PEOPLE, chance.choice([1, 2, 3]))),
        **_some(chance, 0.25, translator=chance.sample(_PEOPLE, 1)),
        **_some(chance, 0.15, edition="2"),
        **_some(chance, 0.15, volume="3"),
    }


def _report(chance: random.Random) -> dict[str, Any]:
    group = chance.choice(_GROUPS)
    return {
        "type": "report",
        "title": chance.choice(_TITLES),
        "author": [group] if chance.random() < 0.5 else _names(chance),
        "publisher": group["literal"],
        "issued": {"date-parts": [[chance.randint(1980, 2023)]]},
        **_some(chance, 0.6, genre=chance.choice(["Technical report", "Working paper"])),
        **_some(chance, 0.7, number=f"CB-{chance.randint(2, 99)}"),
        **_address(chance),
    }


def _thesis(chance: random.Random) -> dict[str, Any]:
    return {
        "type": "thesis",
        "title": chance.choice(_TITLES),
        "author": chance.sample(_PEOPLE, 1),
        "genre": chance.choice(["PhD dissertation", "Master’s thesis"]),
        "publisher": "University of Hull",
        "issued": {"date-parts": [[chance.randint(1980, 2023)]]},
        **_some(chance, 0.4, URL="https://coast.example/thesis"),
    }


def _newspaper(chance: random.Random) -> dict[str, Any]:
    return {
        "type": "article-newspaper",
        "title": chance.choice(_TITLES),
        **_some(chance, 0.6, author=chance.sample(_PEOPLE, chance.choice([1, 2]))),
        "container-title": chance.choice(_PAPERS),
        "issued": {
            "date-parts": [[chance.randint(1950, 2023), chance.randint(1, 12), chance.randint(1, 28)]]
        },
        **_some(chance, 0.5, page=chance.choice(["4", "A1", "12-13"])),
        **_some(chance, 0.4, URL="https://times.example/lamp_1"),
    }


def _magazine(chance: random.Random) -> dict[str, Any]:
    month = chance.randint(1, 12)
    parts = [chance.randint(1950, 2023), month, *([chance.randint(1, 28)] if chance.random() < 0.5 else [])]
    return {
        "type": "article-magazine",
        "title": chance.choice(_TITLES),
        **_some(chance, 0.8, author=chance.sample(_PEOPLE, 1)),
        "container-title": chance.choice(["Harbour Monthly", "The Week at Sea"]),
        "issued": {"date-parts": [parts]},
        **_some(chance, 0.7, page="12-19"),
    }


def _page_of_web(chance: random.Random) -> dict[str, Any]:
    day = [chance.randint(2005, 2023), chance.randint(1, 12), chance.randint(1, 28)]
    return {
        "type": "webpage",
        "title": chance.choice(_TITLES),
        **_some(chance, 0.7, author=_names(chance)),
        "container-title": chance.choice(["Lamps Online", "Coast Blog"]),
        "URL": f"https://lamps.example/{chance.randint(10, 99)}",
        **_some(chance, 0.6, issued={"date-parts": [day[: chance.choice([1, 3, 3])]]}),
        **_some(chance, 0.6, accessed={"date-parts": [[2024, 1, 9]]}),
    }


def _entry(chance: random.Random) -> dict[str, Any]:
    return {
        "type": "entry-encyclopedia",
        "title": chance.choice(["Lighthouse", "Wreckers"]),
        **_some(chance, 0.6, author=chance.sample(_PEOPLE, 1)),
        "container-title": "Encyclopedia of the Coast",
        "publisher": "Brill",
        "publisher-place": "Hull",
        "issued": {"date-parts": [[chance.randint(1980, 2023)]]},
        **_some(chance, 0.7, page="33-35"),
        **_some(chance, 0.4, editor=chance.sample(_PEOPLE, 1)),
    }


_KINDS = {
    "journal": _journal,
    "book": _book,
    "chapter": _chapter,
    "report": _report,
    "thesis": _thesis,
    "newspaper": _newspaper,
    "magazine": _magazine,
    "web": _page_of_web,
    "entry": _entry,
}
_COUNTS = {
    "journal": 100,
    "book": 70,
    "chapter": 40,
    "report": 24,
    "thesis": 12,
    "newspaper": 20,
    "magazine": 10,
    "web": 18,
    "entry": 6,
}
