"""Where words are printed: shown on hovering, opened by "go to definition", listed as the draft's outline."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from lsprotocol import types

from assistant.core.essay import plain_title
from assistant.core.quotation import PrintedPlace
from assistant.core.rich import rich
from assistant.drafts.live import WrittenCitation, WrittenQuotation
from assistant.editor.analysis import Analysis
from assistant.editor.text import ColumnUnit, EditorText
from assistant.rendering.clipboard import markdown_lines
from assistant.rendering.terminal import page_words

# Characters of a passage before and after the words that are shown.
_SHOWN = 400
_LONGEST_NAME = 60
# Likeness to print from which words without a citation are taken for an essay's.
_ALIKE = 0.85
# Seconds for which it is remembered whether a page is served, and that its answer may take.
_REMEMBERED, _PATIENCE = 20.0, 0.5
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def hover(analysis: Analysis, offset: int, page: str, *, markdown: bool) -> types.Hover | None:
    """The passage in which the words at an offset are printed, with its page.

    Args:
        analysis: The draft.
        offset: An offset in a quotation or citation.
        page: Address of the passage on the page that is served; empty if none is.
        markdown: Whether the editor shows Markdown.
    """
    quotation, citation = analysis.checked.quotation_at(offset), analysis.checked.citation_at(offset)
    spanned = quotation or citation
    if spanned is None:
        return None
    place = analysis.place_at(offset)
    shown = _passage_shown if markdown else _passage_plain
    lines = shown(analysis, place, quotation) if place else _unknown(analysis, quotation, citation)
    if not lines:
        return None
    if page and place and markdown:
        lines.append(f"[Open the page]({page})")
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(
        types.MarkupContent(kind, "\n\n".join(lines)), analysis.range(spanned.start, spanned.end)
    )


def _heading(analysis: Analysis, place: PrintedPlace, quotation: WrittenQuotation | None) -> str:
    """The citation of the words, and whether they are as printed."""
    verdict = ""
    if quotation is not None:
        verdict = {"exact": "as printed", "altered": "not as printed"}.get(quotation.lookup.verdict, "")
    pages = page_words("-".join(dict.fromkeys((place.labels[0], place.labels[-1])))) if place.labels else ""
    return " · ".join(filter(None, [analysis.names.get(place.essay_id, ""), pages, verdict]))


def _passage_shown(analysis: Analysis, place: PrintedPlace, quotation: WrittenQuotation | None) -> list[str]:
    passage, start, end = _context(analysis, place)
    first, last = place.start, place.end if len(place.passages) == 1 else len(passage)
    before = ("… " if start else "") + _inline(passage[start:first])
    after = _inline(passage[last:end]) + (" …" if end < len(passage) else "")
    words = _inline(passage[first:last]).strip()
    marked = f"**{words}**" if quotation is not None and words else words
    quoted = f"{before}{marked}{after}".replace("\n", "\n> ")
    title = _inline(plain_title(analysis.desk.records()[place.essay_id]))
    return [f"**{_inline(_heading(analysis, place, quotation))}** — {title}", f"> {quoted}"]


def _passage_plain(analysis: Analysis, place: PrintedPlace, quotation: WrittenQuotation | None) -> list[str]:
    passage, start, end = _context(analysis, place)
    cut = "… " if start else "", " …" if end < len(passage) else ""
    return [_heading(analysis, place, quotation), f"{cut[0]}{passage[start:end]}{cut[1]}"]


def _inline(text: str) -> str:
    """Markdown that shows exactly this text: an essay's words are no markup."""
    lead = text[: len(text) - len(text.lstrip(" "))]
    tail = text[len(text.rstrip(" ")) :] if text.strip(" ") else ""
    return lead + markdown_lines(rich(text.strip(" "))) + tail


def _context(analysis: Analysis, place: PrintedPlace) -> tuple[str, int, int]:
    """The text of the passage of some words, and the span of it that is shown."""
    text = analysis.desk.passage(place.passages[0]).text
    start = 0 if place.start <= _SHOWN else text.find(" ", place.start - _SHOWN) + 1
    last = place.end if len(place.passages) == 1 else len(text)
    cut = text.rfind(" ", last, last + _SHOWN)
    return text, start, len(text) if last + _SHOWN >= len(text) or cut < 0 else cut


def _unknown(
    analysis: Analysis, quotation: WrittenQuotation | None, citation: WrittenCitation | None
) -> list[str]:
    essays = (quotation.essays if quotation else None) or (citation.essays if citation else None)
    if not essays:
        return []
    named = " or ".join(analysis.names.get(essay_id, essay_id) for essay_id in sorted(essays))
    return [f"Neither these words nor words near them are in {named}."]


class ServedPage:
    """The page of ``assistant serve`` on this machine, if one is served."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[float, frozenset[str]]] = {}

    def address(self, page: str, place: PrintedPlace) -> str:
        """Address of a passage on the page; empty if no page is served, or its library lacks the essay."""
        if place.essay_id not in self._essays(page):
            return ""
        return f"{page.rstrip('/')}/#{quote(place.passages[0])}"

    def _essays(self, page: str) -> frozenset[str]:
        """Ids of the essays that the page has; none if it does not answer at once."""
        asked = self._asked.get(page)
        if asked is None or time.monotonic() - asked[0] > _REMEMBERED:
            self._asked[page] = asked = time.monotonic(), _essays_served(page)
        return asked[1]


def _essays_served(page: str) -> frozenset[str]:
    parts = urlsplit(page)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        # Nothing is asked of any other machine.
        return frozenset()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{page.rstrip('/')}/api/list", timeout=_PATIENCE) as answer:
            listed = json.load(answer)
    except (OSError, ValueError):
        return frozenset()
    essays = listed if isinstance(listed, list) else ()
    return frozenset(str(essay.get("id")) for essay in essays if isinstance(essay, dict))


class TextFiles:
    """Texts of essays as files that can be read only, in a folder that is deleted at the end."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._written: dict[tuple[str, str], tuple[Path, EditorText]] = {}

    def location(self, analysis: Analysis, place: PrintedPlace, encoding: ColumnUnit) -> types.Location:
        """The words of a place in the essay's text.

        Raises:
            AssistantError: If the text is damaged.
        """
        essay = analysis.desk.essays[place.essay_id]
        key = essay.id, essay.source_sha256
        if key not in self._written:
            source = analysis.desk.source_text(essay.id)
            self._written[key] = self._write(essay.id, source), EditorText(source, encoding)
        path, text = self._written[key]
        (line, column), (last, last_column) = text.position(place.source[0]), text.position(place.source[1])
        spanned = types.Range(types.Position(line, column), types.Position(last, last_column))
        return types.Location(path.as_uri(), spanned)

    def _write(self, name: str, text: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="essay-assistant-"))
            atexit.register(self.delete)
        path = self._folder / f"{name}-{len(self._written)}" / f"{name}.txt"
        path.parent.mkdir()
        path.write_text(text, "utf-8", errors="replace", newline="")
        path.chmod(0o444)
        return path

    def delete(self) -> None:
        """Delete the files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def symbols(analysis: Analysis) -> list[types.DocumentSymbol]:
    """The draft's quotations by source."""
    groups: dict[str, list[WrittenQuotation]] = {}
    for quotation in analysis.checked.quotations:
        groups.setdefault(_source(analysis, quotation), []).append(quotation)
    return [_group(analysis, name, quotations) for name, quotations in groups.items()]


def _source(analysis: Analysis, quotation: WrittenQuotation) -> str:
    if quotation.essays:
        place = quotation.lookup.comparisons[0].place if quotation.lookup.comparisons else None
        essay_id = place.essay_id if place and place.essay_id in quotation.essays else min(quotation.essays)
        return analysis.names.get(essay_id, essay_id)
    nearest = quotation.lookup.comparisons[0] if quotation.lookup.comparisons else None
    if quotation.essays is None and nearest and nearest.likeness >= _ALIKE:
        return analysis.names.get(nearest.place.essay_id, "Not cited")
    return "Other works" if quotation.cited else "Not cited"


def _group(analysis: Analysis, name: str, quotations: list[WrittenQuotation]) -> types.DocumentSymbol:
    count = len(quotations)
    return types.DocumentSymbol(
        name=name,
        detail=f"{count} quotation{'s' * (count != 1)}",
        kind=types.SymbolKind.Class,
        range=analysis.range(quotations[0].start, max(quotation.end for quotation in quotations)),
        selection_range=analysis.range(quotations[0].start, quotations[0].end),
        children=[_symbol(analysis, quotation) for quotation in quotations],
    )


def _symbol(analysis: Analysis, quotation: WrittenQuotation) -> types.DocumentSymbol:
    words = quotation.words
    short = words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME].rstrip()}…"
    spanned = analysis.range(quotation.start, quotation.end)
    return types.DocumentSymbol(
        name=short or "…",
        detail=quotation.cited[:_LONGEST_NAME],
        kind=types.SymbolKind.String,
        range=spanned,
        selection_range=spanned,
    )


def flat_symbols(analysis: Analysis) -> Iterator[types.SymbolInformation]:
    """As ``symbols``, for editors that show no hierarchy."""
    for group in symbols(analysis):
        for symbol in group.children or ():
            location = types.Location(analysis.draft.uri, symbol.range)
            yield types.SymbolInformation(location, symbol.name, symbol.kind, container_name=group.name)
