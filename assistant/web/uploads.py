"""What a visitor uploads: taken as a file of the upload folder, of any name and type, and nothing else.

The handlers judge name, type and contents, each with its own sentence. Gradio's component would refuse
types with a fault that its handlers take for one of the program, and leave an empty file for every upload.
"""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.component_meta import ComponentMeta

if TYPE_CHECKING:
    from gradio.data_classes import FileData, ListFiles


class _Unwritten(ComponentMeta):  # type: ignore[misc]  # Gradio has no types here
    """Makes a component without the stub that Gradio would write beside this file."""

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> _Unwritten:  # noqa: PYI034 - it makes a class
        """Make the class; its events are those of its base."""
        return ABCMeta.__new__(cls, name, bases, attributes)


class Upload(gr.File, metaclass=_Unwritten):  # type: ignore[misc]  # nor here
    """Files that a visitor uploads, as their paths."""

    # To the browser it is Gradio's own component.
    is_template = True

    def preprocess(self, payload: ListFiles | FileData | None) -> str | list[str] | None:
        """Where the files lie.

        Args:
            payload: What the browser tells; Gradio has checked that it lies among the uploads.

        Returns:
            One path, or a list of them where several files may be chosen; ``None`` where none was.
        """
        if payload is None:
            return None
        files = [payload] if hasattr(payload, "path") else list(payload)
        paths = [file.path for file in files]
        return paths if self.file_count == "multiple" else paths[0] if paths else None
