"""The citation styles by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from assistant.citations.styles.base import Style
from assistant.core.essay import CSLItem

__all__ = ["STYLES", "TITLES", "Style", "list_title", "style_named", "style_titles"]

# Where each style is written; only the one asked for is loaded.
STYLES = {
    "mla": "mla.MLA",
    "chicago": "chicago.ChicagoAuthorDate",
    "chicago-notes": "chicago_notes.ChicagoNotes",
    "apa": "apa.APA",
    "harvard": "harvard.Harvard",
    "ieee": "ieee.IEEE",
}
# What readers call them.
TITLES = {
    "mla": "MLA 9",
    "chicago": "Chicago 18, author-date",
    "chicago-notes": "Chicago 18, notes",
    "apa": "APA 7",
    "harvard": "Harvard",
    "ieee": "IEEE",
}

_LISTS = {"mla": "Works Cited", "chicago-notes": "Bibliography"}


def list_title(name: str) -> str:
    """What the style of a name calls the list of references."""
    return _LISTS.get(name, "References")


def style_titles() -> dict[str, str]:
    """What each style of ``STYLES`` is called, by name."""
    return dict(TITLES)


def style_named(name: str, records: Sequence[CSLItem] = ()) -> Style:
    """A style by name.

    Args:
        name: One of ``STYLES``, a ``.csl`` file, or the name of a style of the CSL package.
        records: Records of all works that are cited beside each other.

    Raises:
        RecordError: If there is none of that name.
    """
    if name in STYLES:
        module, kind = STYLES[name].split(".")
        made: Style = getattr(import_module(f"assistant.citations.styles.{module}"), kind)(records)
        return made
    from assistant.citations.styles.csl import csl_style

    return csl_style(name, records, known=list(STYLES))
