"""What the user sets: in the editor's settings, on the command line, and in the draft itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from assistant.library.draft_files import DEFAULT_STYLE

# The section of an editor's settings that is read.
SECTION = "essayAssistant"
# Suffix of the format of each language, by the names that editors give it.
LANGUAGES = {
    **dict.fromkeys(
        ("markdown", "pandoc", "quarto", "rmd", "rmarkdown", "markdown.pandoc", "markdown.mdx"), ".md"
    ),
    **dict.fromkeys(("latex", "tex", "plaintex", "context", "latex-expl3"), ".tex"),
    **dict.fromkeys(("typst", "typ"), ".typ"),
    "org": ".org",
    **dict.fromkeys(("plaintext", "text", "txt", "plain", "fundamental"), ".txt"),
}
# Suffixes of files of a language that is not known by its name.
SUFFIXES = {
    **dict.fromkeys((".md", ".markdown", ".qmd", ".rmd"), ".md"),
    **dict.fromkeys((".tex", ".latex", ".ltx"), ".tex"),
    ".typ": ".typ",
    ".org": ".org",
    **dict.fromkeys((".txt", ".text"), ".txt"),
}
_NAMES = {".md": "markdown", ".tex": "latex", ".typ": "typst", ".org": "org", ".txt": "plaintext"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorSettings:
    """The settings.

    Attributes:
        library: Folder of the library; empty for the default one.
        style: Citation style; that of a draft which names one comes first.
        essays: Ids of the only essays to use; all if empty.
        bibliography: Files with the works that drafts cite by keys; else what a draft names or has beside it.
        languages: Languages whose drafts are checked: ``markdown``, ``latex``, ``plaintext``, ``typst`` and
            ``org``.
        page: Address of the page that ``assistant serve`` serves.
        definition: What "go to definition" opens: the ``page`` if one is served, or always the ``text``.
    """

    library: str = ""
    style: str = DEFAULT_STYLE
    essays: tuple[str, ...] = ()
    bibliography: tuple[str, ...] = ()
    languages: tuple[str, ...] = tuple(_NAMES.values())
    page: str = "http://127.0.0.1:7860"
    definition: Literal["page", "text"] = "page"

    def changed(self, given: object) -> tuple[EditorSettings, list[str]]:
        """The settings with what an editor gives, and a sentence on each value that cannot be used."""
        section = given.get(SECTION, given) if isinstance(given, Mapping) else {}
        values: dict[str, Any] = {}
        faults: list[str] = []
        for each in fields(self):
            value = section.get(each.name) if isinstance(section, Mapping) else None
            if value is None:
                continue
            usable = _usable(getattr(EditorSettings(), each.name), value)
            if usable is None or (each.name == "definition" and usable not in {"page", "text"}):
                faults.append(f"The setting {SECTION}.{each.name} cannot be {value!r}; it is left as it was.")
            else:
                values[each.name] = usable
        changed = replace(self, **values)
        return replace(changed, style=changed.style or DEFAULT_STYLE), faults

    def suffix_of(self, language: str, name: str) -> str:
        """Suffix of the format of a draft that can be checked; empty for any other."""
        suffix = SUFFIXES.get(Path(name).suffix.lower(), "") or LANGUAGES.get(language.lower(), "")
        if language.lower() in LANGUAGES and LANGUAGES[language.lower()] != ".txt":
            suffix = LANGUAGES[language.lower()]
        return suffix

    def checks(self, suffix: str) -> bool:
        """Whether drafts of a format are to be checked."""
        return _NAMES[suffix] in self.languages


def _usable(default: object, value: object) -> object:
    """A value of the type of the default; ``None`` if it is not."""
    if isinstance(default, str):
        return value if isinstance(value, str) else None
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return None
