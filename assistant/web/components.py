"""What the parts of the page share: the settings of their events, HTML, and the component for uploads."""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.blocks import Block
from gradio.component_meta import ComponentMeta

if TYPE_CHECKING:
    from gradio.data_classes import FileData, ListFiles

# What a handler returns: the new values of components.
Updates = dict[Block, Any]

# An event shows no progress of Gradio's own, and no program can call it.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def plain_html(value: str = "", **options: Any) -> gr.HTML:
    """An HTML component without Gradio's styles, in the context in which it is called."""
    return gr.HTML(value, apply_default_css=False, elem_classes="plain", **options)


class _WithoutStub(ComponentMeta):  # type: ignore[misc]  # Gradio has no types here
    """Creates a component without the stub file that Gradio would write next to this one."""

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> _WithoutStub:  # noqa: PYI034 - it makes a class
        """Create the class; its events are those of its base."""
        return ABCMeta.__new__(cls, name, bases, attributes)


class Upload(gr.File, metaclass=_WithoutStub):  # type: ignore[misc]  # nor here
    """Files of any name and type that a visitor uploads, as their paths.

    The handlers check name, type and contents, each with a sentence of its own. Gradio's component would
    refuse types with an error that looks like one of the program, and leave an empty file for every upload.
    """

    # To the browser it is Gradio's own component.
    is_template = True

    def preprocess(self, payload: ListFiles | FileData | None) -> str | list[str] | None:
        """The path of the file, or a list of paths where several files may be chosen.

        Gradio has checked before that each lies in the upload folder.
        """
        if payload is None:
            return None
        files = [payload] if hasattr(payload, "path") else list(payload)
        paths = [file.path for file in files]
        return paths if self.file_count == "multiple" else paths[0] if paths else None
