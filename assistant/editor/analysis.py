"""A draft in an editor at one moment, checked; and the libraries and styles with which drafts are checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsprotocol import types

from assistant.core.errors import AssistantError
from assistant.core.essay import Span
from assistant.core.quotation import PrintedPlace
from assistant.documents.reading import read_open_draft
from assistant.drafts.live import CheckedDraft
from assistant.editor.insertion import WritingForm, latex_command
from assistant.editor.settings import EditorSettings
from assistant.editor.text import EditorText
from assistant.library.draft_files import style_named_by
from assistant.library.files import find_root
from assistant.library.library import Library
from assistant.library.writing import WritingDesk
from assistant.rendering.drafts import short_names

# Libraries and styles that are kept ready.
_MOST_DESKS = 4


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as it is in the editor.

    Attributes:
        uri: Its address.
        version: Its version.
        suffix: Suffix of its format.
        text: Its text.
        path: Its file; ``None`` if it has not been saved.
    """

    uri: str
    version: int | None
    suffix: str
    text: EditorText
    path: Path | None


class Analysis:
    """A draft that has been checked, and everything by which questions about it are answered.

    Args:
        draft: The draft.
        desk: The library and the style.
        checked: The checked draft.
        bibliographies: Files with its works that the user has set.
    """

    def __init__(
        self, draft: OpenDraft, desk: WritingDesk, checked: CheckedDraft, bibliographies: tuple[Path, ...]
    ) -> None:
        self.draft, self.desk, self.checked = draft, desk, checked
        self.text = draft.text
        self._bibliographies = bibliographies

    def range(self, start: int, end: int) -> types.Range:
        """A span of the text as the protocol has it."""
        (line, column), (last_line, last_column) = self.text.position(start), self.text.position(end)
        return types.Range(types.Position(line, column), types.Position(last_line, last_column))

    def offset(self, position: types.Position) -> int:
        """Offset of a position."""
        return self.text.offset(position.line, position.character)

    def span(self, given: types.Range) -> Span:
        """Offsets of a range."""
        return self.offset(given.start), self.offset(given.end)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each essay is called in running words."""
        return short_names(self.desk.records())

    @cached_property
    def keys(self) -> dict[str, str]:
        """Essay id of each key by which the draft may cite."""
        return self.desk.keys(self.checked.document, self._bibliographies)

    @cached_property
    def form(self) -> WritingForm:
        """How the draft writes quotations and citations."""
        document, suffix = self.checked.document, self.draft.suffix
        keyed = suffix != ".txt" and (
            suffix == ".tex"
            or bool(document.bibliographies or self._bibliographies)
            or any(citation.key for citation in self.checked.citations)
        )
        return WritingForm(suffix, document.escape, keyed, latex_command(self.text.text))

    def key_of(self, essay_id: str) -> str:
        """The key by which the draft cites an essay; empty if it cites by none."""
        if not self.form.keyed:
            return ""
        if essay_id in self.checked.keys:
            return self.checked.keys[essay_id]
        return next((key for key, meant in self.keys.items() if meant == essay_id), essay_id)

    def quoting(self, place: PrintedPlace) -> str | None:
        """Whom an essay quotes with words; empty if that is not known, ``None`` if they are its author's."""
        return self.desk.quoted_author(place)

    def place_at(self, offset: int) -> PrintedPlace | None:
        """Where the words that are quoted or cited at an offset are printed."""
        quotation = self.checked.quotation_at(offset)
        if quotation is not None:
            return quotation.lookup.comparisons[0].place if quotation.lookup.comparisons else None
        citation = self.checked.citation_at(offset)
        if citation is None or not citation.essays:
            return None
        for quotation in self.checked.quotations:
            own = quotation.citation
            if own and quotation.lookup.comparisons and own[0] <= citation.start and citation.end <= own[1]:
                place = quotation.lookup.comparisons[0].place
                if place.essay_id in citation.essays:
                    return place
        return self._page(min(citation.essays), citation.pages)

    def _page(self, essay_id: str, pages: tuple[tuple[str, str], ...]) -> PrintedPlace | None:
        """The beginning of a page of an essay, or of the essay."""
        passages = [passage for passage in self.desk.essays[essay_id].passages if passage.text]
        for passage in passages:
            for number, page in enumerate(passage.pages):
                if pages and page.label == pages[0][0]:
                    end = passage.pages[number + 1].start if number + 1 < len(passage.pages) else None
                    return PrintedPlace.within(passage, page.start, end or len(passage.text))
        running = [passage for passage in passages if passage.kind == "paragraph"] or passages
        return PrintedPlace.within(running[0], 0, len(running[0].text)) if running else None


# Opens a library, which then gives its notices to a function.
OpenLibrary = Callable[[Path, Callable[[str], None]], Library]


class Desks:
    """The libraries, each with a style, that drafts are checked with; kept until the essays change.

    Args:
        library: Folder of the library named on the command line; ``None`` for the default one.
        notify: Receives sentences for the user about what is being done.
        open_library: Opens the library of a folder or of a name on a cluster.
    """

    def __init__(
        self, library: Path | None, notify: Callable[[str], None], open_library: OpenLibrary
    ) -> None:
        self._root, self._notify, self._open_library = library, notify, open_library
        self._libraries: dict[Path, Library] = {}
        self._desks: dict[tuple[Path, str, tuple[str, ...]], WritingDesk] = {}

    def library(self, settings: EditorSettings) -> Library:
        """The library that is set.

        Raises:
            LibraryError: If there is no such folder.
        """
        root = find_root(Path(settings.library).expanduser() if settings.library else self._root)
        if root not in self._libraries:
            self._libraries[root] = self._open_library(root, self._notify)
        return self._libraries[root]

    def desk(self, settings: EditorSettings, style: str) -> WritingDesk:
        """The library that is set, with a style.

        Raises:
            AssistantError: If the library cannot be used, or there is no such style.
        """
        library = self.library(settings)
        key = library.root, style, settings.essays
        desk = self._desks.get(key)
        if desk is None or not desk.is_current():
            self._desks.pop(key, None)
            if len(self._desks) >= _MOST_DESKS:
                self._desks.clear()
            self._desks[key] = desk = WritingDesk(library, style, settings.essays)
        return desk

    def are_current(self) -> bool:
        """Whether no library has changed since drafts were checked."""
        return all(desk.is_current() for desk in self._desks.values())

    def analyse(self, draft: OpenDraft, settings: EditorSettings) -> tuple[Analysis, str]:
        """Check a draft.

        Returns:
            The checked draft, and a sentence if the style that it names cannot be used; else an empty one.

        Raises:
            AssistantError: If the library, a bibliography or the style that is set cannot be used.
        """
        document = read_open_draft(draft.text.text, draft.suffix, str(draft.path or "-"))
        warning, style = "", style_named_by(document) or settings.style
        try:
            desk = self.desk(settings, style)
        except AssistantError as error:
            if style == settings.style:
                raise
            warning, desk = str(error), self.desk(settings, settings.style)
        folder = draft.path.parent if draft.path else Path()
        bibliographies = tuple(folder / Path(name).expanduser() for name in settings.bibliography)
        checked = desk.check(document, bibliographies)
        return Analysis(draft, desk, checked, bibliographies), warning
