"""What archives and publishers print on their copies: download stamps, and cover sheets."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from operator import sub
from statistics import median

from assistant.core.lines import Line

# Stamps are told by these words. A line with them is one if it recurs; sure ones need not.
_STAMP = re.compile(
    r"\bdownload(?:ed)?\b|\baccess provided\b|\bterms (?:and|&) conditions\b"
    r"|\bterms of use\b"
    r"|\ball use subject to\b|\blicen[sc]ed (?:to|use)\b|\bauthenticated\b|\bdigiti[sz]ed by\b"
    r"|\bgenerated (?:for|on|at|through)\b|\breproduced with permission\b"
    r"|\belectronic copy available\b"
    r"|\bproject muse\b|\bfor personal use only\b|\ball rights reserved\b|\boriginal from\b"
    r"|\bheruntergeladen\b|\bbereitgestellt von\b|\bt[ée]l[ée]charg[ée] (?:depuis|sur|le|par)\b"
    r"|\bdescargado\b"
    r"|\bpublic domain\b.*\bdigiti[sz]ed\b",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"(?:this (?:content|article|document|pdf)(?: was)? )?downloaded (?:from|by|on|at)\b.*"
    r"(?:https?:|www\.|\d{1,2}:\d\d|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\b(?:19|20)\d\d\b)"
    r"|all use subject to (?:jstor|https?:|the )"
    r"|digiti[sz]ed by (?:google|the internet archive|microsoft|\w+ library)\b.{0,80}"
    r"|reproduced with permission of (?:the )?copyright owner\b"
    r"|authorized licensed use limited to\b|electronic copy available at:? https?:"
    r"|(?:document )?t[ée]l[ée]charg[ée] (?:depuis|sur|le|par)\b.*(?:https?:|www\.|\b(?:19|20)\d\d\b)"
    r"|heruntergeladen (?:von|am|durch)\b.*(?:https?:|www\.|\b(?:19|20)\d\d\b)"
    r"|descargado (?:de|desde|por|el)\b.*(?:https?:|www\.|\b(?:19|20)\d\d\b)"
    r"|brought to you by \||access provided (?:by|at)\b.*\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_LONGEST_STAMP = 300
# Lines of a stamp, and lines from one stamp to the next.
_MOST_LINES = 4
_SHORTEST_PAGE = 8
_NEARLY_ALL = 0.8
# What cover sheets say, each line of a kind that no page of an essay has.
_COVER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:stable|persistent) (?:url|link)\b|\bpersistenter link\b|\bpermalink\b|\bhandle\.net\b",
        r"^(?:author|autor)(?:\(s\)|\(en\)|s)?:",
        r"^(?:source|zeitschrift|quelle|review by|reviewed work\(s\)):",
        r"^published by\b|^(?:publisher|herausgeber|verlag):",
        r"^(?:(?:date )?accessed|download(?:ed| date)|pdf erstellt am|abgerufen)\b|\bpdf généré le\b",
        r"\byour use of the .{1,40} (?:archive|database) indicates\b|\bacceptance of the terms\b",
        r"\bterms (?:and|&) conditions of (?:use|access)\b|\bfull terms\b|\bterms of use\b",
        r"\bnutzungsbedingungen\b",
        r"\bnot-for-profit (?:service|organization)\b|\bservice that helps scholars\b",
        r"\bfor more information about\b.*\bcontact\b|\bplease contact\b|\bcontact the publisher\b",
        r"^(?:(?:how )?to cite|(?:recommended )?citation|(?:please )?cite this)\b",
        r"^(?:citer ce document|pour citer|zitiervorschlag)\b|\bcitation for published version\b",
        r"\bdownloaded (?:from|by)\b|\bthis (?:article|content) (?:was )?downloaded\b|\bheruntergeladen\b",
        r"\bplease scroll down for article\b|\barticle views\b",
        r"\bview related articles\b|\bsubmit your article\b|\bview crossmark data\b|\bciting articles\b",
        r"\blink to publication\b|\bpublisher(?:'s|’s)? version\b|\bpeer reviewed version\b",
        r"\bdocument version\b|\bgeneral rights\b|\btake ?down policy\b",
        r"\bhaftungsausschluss\b|\btous droits réservés\b|\bfor additional information about this article\b",
        r"\bfor free and open access\b",
        r"\bfollow this and additional works\b|\bpart of the\b.*\bcommons\b",
        r"\baccess provided (?:at|by)\b",
        r"^(?:e-?)?issn\b|^(?:doi|isbn)\b|\bhttps?://(?:dx\.)?doi\.org/",
        r"\b(?:archive|digiti[sz]e)\b.*\bpreserv|\bdigiti[sz]ed, preserved\b",
        r"^(?:objekttyp|band \(jahr\)|heft)\b",
    )
)
_SURELY_COVER = 3
# A cover sheet is one page, and no longer than this.
_LONGEST_COVER = 90
_LONGEST_LABELLED = 250
_LINES_FOR_MORE = 25


def shape(text: str) -> str:
    """A line in which all numbers look the same, as they differ from one copy of it to the next."""
    return re.sub(r"\d+", "#", " ".join(text.casefold().split()))


def find_stamps(lines: Sequence[Line]) -> list[Line]:
    """Find the lines of download stamps, in order."""
    printed = [line for line in lines if not line.blank and len(line.text) <= _LONGEST_STAMP]
    places: dict[str, list[int]] = {}
    for line in printed:
        places.setdefault(shape(line.text), []).append(line.number)
    # A line of a list of works can recur too, but sooner than a stamp.
    recurring = {
        text
        for text, numbers in places.items()
        if len(numbers) > 1 and median(map(sub, numbers[1:], numbers)) >= _SHORTEST_PAGE
    }
    stamps = {line.start for line in printed if shape(line.text) in recurring and _STAMP.search(line.text)}
    stamps |= {
        line.start
        for before, line, after in zip([None, *lines[:-1]], lines, [*lines[1:], None], strict=True)
        if _SURE.match(line.text.strip())
        and (
            shape(line.text) in recurring
            or (not line.text.strip()[0].islower() and (_is_apart(before, line) or _is_apart(line, after)))
        )
    }
    # A stamp of several lines: those that recur, and only next to lines that are known to be stamps.
    counts = {text: len(numbers) for text, numbers in places.items()}
    stamped = max((counts[shape(line.text)] for line in printed if line.start in stamps), default=0)
    for _ in range(_MOST_LINES - 1 if stamped > 1 else 0):
        stamps |= _next_to(lines, stamps, counts, round(_NEARLY_ALL * stamped))
    return [line for line in printed if line.start in stamps]


def _is_apart(before: Line | None, after: Line | None) -> bool:
    """Whether two lines that follow each other are not of one paragraph: one is blank, or on another page."""
    if before is None or after is None or before.blank or after.blank:
        return True
    # A form feed begins no line of an editor's.
    return before.number == after.number


def _next_to(
    lines: Sequence[Line], stamps: Collection[int], counts: Mapping[str, int], fewest: int
) -> set[int]:
    """Lines that are next to a stamp whenever they occur, which is as often as the stamps do.

    Args:
        lines: All lines.
        stamps: Offsets of the lines known to be stamps.
        counts: How often each line occurs.
        fewest: How often such a line must occur.
    """
    near: dict[str, set[int]] = {}
    for before, line in pairwise(lines):
        if before.blank or line.blank:
            continue
        for each, other in ((before, line), (line, before)):
            if other.start in stamps and each.start not in stamps:
                near.setdefault(shape(each.text), set()).add(each.start)
    return {
        start
        for text, starts in near.items()
        if len(starts) >= max(2, fewest) and len(starts) == counts.get(text) and any(map(str.isalpha, text))
        for start in starts
    }


def is_cover_sheet(page: Sequence[Line]) -> bool:
    """Whether the lines of a page are those of a cover sheet, which archives put before or after an essay."""
    printed = [line.text.strip() for line in page if not line.blank]
    if not printed or len(printed) > _LONGEST_COVER:
        return False
    short = [text[:_LONGEST_LABELLED] for text in printed]
    found = sum(any(pattern.search(text) for text in short) for pattern in _COVER)
    # The first page of an essay can say something of the kind, above or below its text.
    return found >= _SURELY_COVER + len(printed) // _LINES_FOR_MORE
