"""Citation styles: what every style can write, the styles by name, and the formats of a citation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from assistant.citations.disambiguation import CitedWorks
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich

# Class of each style, below this package; only the style that is used is loaded.
STYLES = {
    "mla": "mla.MLA",
    "chicago": "chicago.ChicagoAuthorDate",
    "chicago-notes": "chicago.ChicagoNotes",
    "apa": "apa.APA",
    "harvard": "harvard.Harvard",
    "ieee": "ieee.IEEE",
}
_TITLES = {
    "mla": "MLA 9",
    "chicago": "Chicago 18, author-date",
    "chicago-notes": "Chicago 18, notes",
    "apa": "APA 7",
    "harvard": "Harvard",
    "ieee": "IEEE",
}
_LIST_TITLES = {"mla": "Works Cited", "chicago-notes": "Bibliography"}
_FORMATS: dict[str, Callable[[Rich], str]] = {
    "text": Rich.plain,
    "markdown": Rich.markdown,
    "html": Rich.html,
}
# Citations and references that a style keeps; an answer, a page or a draft needs fewer.
_CACHED = 4096


class Style(ABC):
    """A citation style.

    Args:
        records: Records of all works that are cited together; the style distinguishes a work from others
            of the same author, year or surname.
    """

    # Whether three dots stand for the rest of a sentence whose end is not quoted.
    marks_cut_sentences = False

    def __init__(self, records: Sequence[CSLItem] = ()) -> None:
        self.works = CitedWorks(records)
        # An entry holds its record, so that the record's id is not given to another one.
        self._cache: dict[tuple[int | str | None, ...], tuple[CSLItem, Rich]] = {}

    @abstractmethod
    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The in-text citation, or the full note in a style of notes.

        Args:
            record: The work.
            locator: Its pages (``849-50``); empty without pages.
            quoting: Whom the work quotes, if the words are not its author's own; the empty string if
                it is not known whose they are.
        """

    @abstractmethod
    def rich_reference(self, record: CSLItem) -> Rich:
        """The entry in the list of works cited."""

    @abstractmethod
    def quotation(self, words: str, citation: str) -> str:
        """Printed words as a draft quotes them, with their in-text citation; the letters do not change."""

    def rich_again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The citation of a work that was cited before; only styles of notes shorten it."""
        return self.rich_in_text(record, locator, quoting=quoting)

    def in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> str:
        """``rich_in_text`` as plain text."""
        return self.cached_in_text(record, locator, quoting=quoting).plain()

    def again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> str:
        """``rich_again`` as plain text."""
        return self.cached_again(record, locator, quoting=quoting).plain()

    def reference(self, record: CSLItem) -> str:
        """``rich_reference`` as plain text."""
        return self.cached_reference(record).plain()

    def cached_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``rich_in_text``, cached."""
        return self._cached(
            record, (locator, quoting), lambda: self.rich_in_text(record, locator, quoting=quoting)
        )

    def cached_again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``rich_again``, cached."""
        return self._cached(
            record, ("again", locator, quoting), lambda: self.rich_again(record, locator, quoting=quoting)
        )

    def cached_reference(self, record: CSLItem) -> Rich:
        """``rich_reference``, cached."""
        return self._cached(record, (), lambda: self.rich_reference(record))

    def _cached(self, record: CSLItem, details: tuple[str | None, ...], write: Callable[[], Rich]) -> Rich:
        key = (id(record), *details)
        if key not in self._cache:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            # A mark in a name that turns the order of reading would turn the pages too: 31 into 13.
            self._cache[key] = (record, write().without_controls())
        return self._cache[key][1]


def style_named(name: str, records: Sequence[CSLItem] = ()) -> Style:
    """Load a style.

    Args:
        name: One of ``STYLES``, a ``.csl`` file, or the name of a style of the CSL package.
        records: Records of all works that are cited together.

    Raises:
        RecordError: If there is no style of that name.
    """
    if name in STYLES:
        return _load(STYLES[name])(records)
    return _load("csl.csl_style")(name, records, known=list(STYLES))


def style_file_state(name: str) -> tuple[int, ...]:
    """What tells the file that a name leads to from others of that name; empty for a style of no file.

    The same name is another file in another folder, and after the file was changed.
    """
    if not name.lower().endswith(".csl"):
        return ()
    try:
        state = Path(name).stat()
    except OSError:
        return ()
    return state.st_dev, state.st_ino, state.st_mtime_ns, state.st_size


def _load(path: str) -> Callable[..., Style]:
    """A class or function of a module in this package; the modules import this one."""
    module, name = path.split(".")
    loaded: Callable[..., Style] = getattr(import_module(f"{__name__}.{module}"), name)
    return loaded


def style_titles() -> dict[str, str]:
    """Title of each style of ``STYLES``, by name."""
    return dict(_TITLES)


def list_title(name: str) -> str:
    """The title that a style gives its list of references."""
    return _LIST_TITLES.get(name, "References")


def format_citation(citation: Rich, form: str) -> str:
    """A citation in one of the formats ``text``, ``markdown`` and ``html``.

    Raises:
        RecordError: If there is no such format.
    """
    if form not in _FORMATS:
        raise RecordError(f"{form!r} is not a format of citations; choose one of {', '.join(_FORMATS)}.")
    return _FORMATS[form](citation)


def secondary_prefix(quoting: str | None, phrase: str) -> str:
    """The beginning of a citation of words that a work quotes.

    Args:
        quoting: Whom the work quotes; empty if that is not known, ``None`` for the work's own words.
        phrase: The style's phrase between the two, such as ``qtd. in``.

    Returns:
        ``Weinbaum, qtd. in`` or ``qtd. in``, followed by a space; nothing for the work's own words.
    """
    if quoting is None:
        return ""
    return f"{quoting}, {phrase} " if quoting else f"{phrase} "
