"""Dates of records: periods, seasons, uncertain years, years before our era; read, printed and exchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.core.essay import CSLItem

MONTHS = "January February March April May June July August September October November December".split()
SEASONS = ("spring", "summer", "fall", "winter")
# The numbers of seasons in ISO 8601-2 and EDTF; CSL processors read them in the place of a month.
_FIRST_SEASON = 21
_SEASON_WORDS = {
    "spring": 1, "summer": 2, "fall": 3, "autumn": 3, "winter": 4,
    "printemps": 1, "été": 2, "automne": 3, "hiver": 4,
    "frühling": 1, "frühjahr": 1, "sommer": 2, "herbst": 3,
}  # fmt: skip
_MONTHS_ABROAD = (
    "januar janvier jänner", "februar février févr", "märz mars mrz mär", "avril avr", "mai", "juni juin",
    "juli juillet juil", "août", "septembre", "oktober octobre okt", "novembre", "dezember décembre dez déc",
)  # fmt: skip
_MONTH_WORDS = {
    word: number
    for number, (month, others) in enumerate(zip(MONTHS, _MONTHS_ABROAD, strict=True), 1)
    for word in (month.lower(), month[:3].lower(), month[:4].lower(), *others.split())
}
_EDTF = re.compile(r"(-?\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:T[\d:.Z+-]*)?([?~%])?")
_YEARS = re.compile(r"(\d{3,4}) ?(?:-{1,3}|–|—|/) ?(\d{2,4})")
_CIRCA = re.compile(r"(?:circa|ca?\.?)(?=[\s\d]) ?|(?:um|vers) (?=\d)", re.IGNORECASE)
_BEFORE_OUR_ERA = re.compile(r"(\d{1,4}) ?B\.? ?C\.?(?: ?E\.?)?", re.IGNORECASE)
_UNKNOWN = re.compile(r"\[?(?:n\. ?d\.?|s\. ?d\.?|no date|undated|date unknown)\]?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+\.?|\d+(?:st|nd|rd|th)?")
# Characters of a date, in words.
_LONGEST = 2_000
_BETWEEN_WORDS = re.compile(r"[\s,.;:()\[\]~]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date of a record.

    Attributes:
        year: As printed ("2014", "44 BCE", or words such as "in press"); empty if unknown.
        month: 1 to 12, or 0 if unknown.
        day: 1 to 31, or 0 if unknown.
        season: 1 (spring) to 4 (winter), or 0; never beside a month.
        circa: Whether the date is uncertain.
        end: The end of a period, ``None`` for a single date.
    """

    year: str = ""
    month: int = 0
    day: int = 0
    season: int = 0
    circa: bool = False
    end: Date | None = None

    def __bool__(self) -> bool:
        return bool(self.year)

    @property
    def is_known(self) -> bool:
        """Whether the year is a number and not words."""
        return bool(re.fullmatch(r"\d+(?: BCE)?", self.year))


def date_of(record: CSLItem, key: str = "issued") -> Date:
    """A date of a record."""
    value = record.get(key)
    date: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    if not date.get("date-parts") and date.get("raw"):
        date = csl_date(str(date["raw"]))
    parts = [part for part in date.get("date-parts") or () if isinstance(part, (list, tuple))]
    start = _simple(parts[0]) if parts else Date()
    if not start:
        return Date(year=str(date.get("literal") or "").strip())
    end = _simple(parts[1]) if len(parts) > 1 else Date()
    if not start.month and not start.season:
        start = replace(start, season=_season(date.get("season")))
    return replace(start, circa=_is_true(date.get("circa")), end=end if end and end != start else None)


def _simple(parts: list[Any] | tuple[Any, ...]) -> Date:
    numbers: list[int] = []
    for part in parts:
        if not re.fullmatch(r"-?\d{1,4}", str(part)):
            break
        numbers.append(int(part))
    if not numbers or not numbers[0]:
        return Date()
    year = str(numbers[0]) if numbers[0] > 0 else f"{-numbers[0]} BCE"
    second = numbers[1] if len(numbers) > 1 else 0
    season = second - _FIRST_SEASON + 1
    if 1 <= season <= len(SEASONS):
        return Date(year=year, season=season)
    month = second if 1 <= second <= len(MONTHS) else 0
    day = numbers[2] if month and len(numbers) > 2 and 1 <= numbers[2] <= 31 else 0
    return Date(year=year, month=month, day=day)


def _season(value: object) -> int:
    text = str(value or "").strip().lower()
    number = int(text) if text.isdecimal() and len(text) < 3 else _SEASON_WORDS.get(text, 0)
    return number if 1 <= number <= len(SEASONS) else 0


def _is_true(value: object) -> bool:
    return bool(value) and str(value).lower() not in {"0", "false"}


def csl_date(printed: str) -> dict[str, Any]:
    """A date in ISO 8601 or EDTF (biblatex), or in words, as a CSL date; empty if it says there is none.

    ``2014-12-05``, ``1931/1938``, ``2012-23``, ``1540~``, ``Fall 2012``, ``5 December 2014``, ``c. 1890`` and
    ``44 BCE`` are understood; other words remain words.
    """
    text = " ".join(printed[:_LONGEST].split())
    if not text or _UNKNOWN.fullmatch(text):
        return {}
    return _edtf(text) or _in_words(text) or {"literal": text}


def understands(printed: str) -> bool:
    """Whether a text is a date and not only words."""
    return bool(csl_date(printed).get("date-parts"))


def _edtf(text: str) -> dict[str, Any]:
    if re.fullmatch(r"\d{4}-(?:1[3-9]|2[05-9]|[3-9]\d)", text):
        return {}  # years of a period: 1931-38
    first, slash, second = text.partition("/")
    start, end = _EDTF.fullmatch(first.strip()), _EDTF.fullmatch(second.strip())
    if not start or (slash and not end and second.strip() not in {"", ".."}):
        return {}
    matches = [start, end] if end else [start]
    date: dict[str, Any] = {"date-parts": [_numbers(match) for match in matches]}
    if len(matches) == 1 and len(date["date-parts"][0]) > 1:
        year, second_number, *_ = date["date-parts"][0]
        if _FIRST_SEASON <= second_number < _FIRST_SEASON + len(SEASONS):
            date = {"date-parts": [[year]], "season": second_number - _FIRST_SEASON + 1}
    return date | ({"circa": True} if any(match[4] for match in matches) else {})


def _numbers(match: re.Match[str]) -> list[int]:
    """Year, month and day; ISO 8601 counts a year 0, which is 1 BCE."""
    year, *rest = (int(part) for part in match.groups()[:3] if part)
    return [year if year > 0 else year - 1, *rest]


def _in_words(text: str) -> dict[str, Any]:
    bare = text.strip("[]() ")
    circa = bare.endswith("?") or bool(_CIRCA.match(bare))
    bare = _CIRCA.sub("", bare, count=1).strip(" ?[]") if circa else bare
    date = _period(bare)
    if not date or not circa:
        return date
    return date | {"circa": True}


def _period(text: str) -> dict[str, Any]:
    if match := re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", text):  # 9.1.2023, as in Germany
        day, month, year = map(int, match.groups())
        return {"date-parts": [[year, month, day]]} if 1 <= month <= len(MONTHS) and 1 <= day <= 31 else {}
    if match := _BEFORE_OUR_ERA.fullmatch(text):
        return {"date-parts": [[-int(match[1])]]} if int(match[1]) else {}
    if re.fullmatch(r"[1-9]\d{2,3}", text):
        return {"date-parts": [[int(text)]]}
    if match := _YEARS.fullmatch(text):
        first, last = match[1], match[1][: -len(match[2])] + match[2]
        return {"date-parts": [[int(first)], [int(last)]]} if int(first) < int(last) else {}
    return _words(text)


def _words(text: str) -> dict[str, Any]:
    """A date of names of months or seasons: ``Fall 2012``, ``Jan-Feb 2012``, ``5 December 2014``."""
    text = re.sub(r"(?<=\d)-(?=[^\W\d_])|(?<=[^\W\d_])-(?=\d{4}$)", " ", text)  # 9-January-2023
    halves = re.split(r" ?(?:/|–|—|-{1,3}| to ) ?", text)
    read = [_named(half) for half in halves]
    if len(read) == 2 and "season" in read[0] and re.fullmatch(r"\d{2}|\d{4}", halves[1]):
        # Winter 1998/99
        century = str(read[0].get("year", ""))[: -len(halves[1])]
        read[1] = {"season": read[0]["season"], "year": int(century + halves[1])}
    if len(read) > 2 or not all(read):
        return {}
    # What one half leaves out, it shares with the other.
    years = [date.get("year", 0) for date in read]
    if not any(years):
        return {}
    result = []
    for index, date in enumerate(read):
        year = date.get("year") or years[1 - index]
        second = date.get("month") or (date["season"] + _FIRST_SEASON - 1 if "season" in date else 0)
        if not second and len(read) > 1 and (other := read[1 - index].get("month")) and date.get("day"):
            second = other
        result.append([part for part in (year, second, date.get("day", 0)) if part])
    if len(read) == 1 and "season" in read[0]:
        return {"date-parts": [[years[0]]], "season": read[0]["season"]}
    return {"date-parts": result} if all(len(parts) > 1 for parts in result) else {}


def _named(text: str) -> dict[str, int]:
    """Year, month or season, and day of words; empty if a word is none of these."""
    found: dict[str, int] = {}
    if not _BETWEEN_WORDS.fullmatch(_WORD.sub("", text)):
        return {}
    for word in _WORD.findall(text):
        number = re.sub(r"\D", "", word)
        bare = word.rstrip(".").lower()
        if number:
            key, value = ("year", int(number)) if len(number) in {3, 4} else ("day", int(number))
            if key == "day" and not 1 <= value <= 31:
                return {}
        elif season := _SEASON_WORDS.get(bare):
            key, value = "season", season
        elif month := _MONTH_WORDS.get(bare):
            key, value = "month", month
        else:
            return {}
        if key in found:
            return {}
        found[key] = value
    return {} if "season" in found and found.keys() & {"month", "day"} else found


def iso_date(record: CSLItem, key: str = "issued") -> str:
    """A date of a record in ISO 8601 and EDTF (``1931/1938``, ``2012-23``, ``1540~``), or its words."""
    date = date_of(record, key)
    if not date.is_known:
        return date.year
    ends = [date, date.end] if date.end else [date]
    return "/".join(map(_iso, ends)) + ("~" if date.circa else "")


def _iso(date: Date) -> str:
    number, *before = date.year.split()
    year = f"-{int(number) - 1:04d}" if before else number.zfill(4)
    second = date.month or (date.season + _FIRST_SEASON - 1 if date.season else 0)
    return "-".join([year, *(f"{part:02d}" for part in (second, date.day) if part)])


def date_in_words(record: CSLItem, key: str = "issued") -> str:
    """A date as a form shows it and reads it: as ``iso_date``, with words for seasons and uncertain years."""
    date = date_of(record, key)
    if not date.is_known or not (date.season or date.circa or date.year.endswith("BCE")):
        return iso_date(record, key)
    season = SEASONS[date.season - 1] if date.season else ""
    end = f"/{_plain(date.end)}" if date.end else ""
    return f"{'c. ' if date.circa else ''}{f'{season} ' if season else ''}{date.year}{end}"


def _plain(date: Date) -> str:
    return f"{SEASONS[date.season - 1]} {date.year}" if date.season else _iso(date)


def printed_years(date: Date, shortened: Callable[[str], str] = str) -> str:
    """The year, or the years of a period: ``1931–1938``.

    Args:
        date: The date.
        shortened: Shortens a range with a hyphen as the style does: ``1931-38``.
    """
    last = date.end.year if date.end else date.year
    if last == date.year:
        return date.year
    if date.year.endswith(" BCE") and last.endswith(" BCE"):
        return f"{date.year.removesuffix(' BCE')}–{last}"
    # Years of two centuries are never shortened.
    years = f"{date.year}-{last}"
    return (shortened(years) if date.year[:-2] == last[:-2] else years).replace("-", "–")


def printed_date(date: Date, day: Callable[[Date], str], years: str, *, before_year: str = "") -> str:
    """Day, month or season and year: ``Jan.–Feb. 1973``, ``Dec. 2013–Jan. 2014``.

    Args:
        date: The date.
        day: Writes a date without its year.
        years: The year, or the years of a period, as the style writes them.
        before_year: What follows a day or month before the year.
    """
    if date.end and date.end.year != date.year and (date.month or date.season):
        return f"{day(date)}{before_year} {date.year}–{day(date.end)}{before_year} {date.end.year}"
    days = printed_days(date, day)
    return f"{days}{before_year} {years}" if days else years


def printed_days(date: Date, day: Callable[[Date], str]) -> str:
    """A date without its year; both ends of a period within one year: ``January–February``, ``5–7 March``."""
    first, last = day(date), day(date.end) if date.end and date.end.year == date.year else ""
    if not last or last == first:
        return first
    start, end = first.split(), last.split()
    if len(start) == len(end) == 2 and start[0] == end[0]:
        return f"{first}–{end[1]}"
    if len(start) == len(end) == 2 and start[1] == end[1]:
        return f"{start[0]}–{last}"
    return f"{first}–{last}"
