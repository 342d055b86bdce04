"""The errors that users see, and the path of the data files that come with the program.

Each message is one sentence that names the file, the problem and the cure.
"""

from __future__ import annotations

from pathlib import Path


def data_file(name: str) -> Path:
    """Path of a file in the project's ``data/`` (``sample/essay.txt``), in a checkout or a package."""
    package = Path(__file__).parent.parent
    installed = package / "data" / name
    return installed if installed.exists() else package.parent / "data" / name


class AssistantError(Exception):
    """A problem that the user can solve; its message is printed, and the exit code is 2."""


class ReadingError(AssistantError):
    """A file cannot be read as an essay or a draft, or its first page's number is not one."""


class LibraryError(AssistantError):
    """The library cannot be used or changed as asked."""


class DamagedEssayError(LibraryError):
    """The stored file of one essay cannot be used; the other essays can.

    Args:
        path: The file.
        problem: What is wrong with it.
        cure: What to do about it; otherwise to add the essay again, or to remove it.

    Attributes:
        essay_id: Id of the essay.
        public: The sentence without the folder of the file, for other machines and for reports.
    """

    def __init__(self, path: Path, problem: str, cure: str = "") -> None:
        endings = (".jsonl", ".source.txt", ".setting.json", ".pdf")
        ending = next((ending for ending in endings if path.name.endswith(ending)), "")
        self.essay_id = path.name.removesuffix(ending)
        self._arguments = path, problem, cure
        cure = cure or (
            "add the essay again from its own file (assistant add FILE), "
            f"or remove it with: assistant remove {self.essay_id}"
        )
        # A sentence that ends with a command has no full stop.
        rest = f"{problem}; {cure}" + ("" if ": " in cure else ".")
        self.public = f"{path.name} {rest}"
        super().__init__(f"{path} {rest}")

    def __reduce__(self) -> tuple[object, ...]:
        """What goes to another process; there too an error of the disk can be told from damage."""
        cause = self.__cause__ if isinstance(self.__cause__, OSError) else None
        return type(self), self._arguments, {"__cause__": cause}


class NotAskedError(LibraryError):
    """Some essays could not be asked, so that there is no answer; the message names nothing of the server."""


class NoPagesError(LibraryError):
    """An essay has no pages that can be shown as they are printed, or not the one that is asked for."""


class RecordError(AssistantError):
    """A bibliographic record is missing or malformed."""


class ModelError(AssistantError):
    """An embedding model cannot be used."""


class DatasetError(AssistantError):
    """A question set is missing or malformed."""


class DraftError(AssistantError):
    """A draft cannot be read, or its corrected copy cannot be written."""


class QuotationError(AssistantError):
    """A quotation has no words or is too long to be checked."""
