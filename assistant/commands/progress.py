"""Progress on stderr."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tqdm import tqdm


class Bar:
    """A bar for each stage of a job, on stderr and only where somebody looks.

    Args:
        name: What is being worked on.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: tqdm[None] | None = None
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps of a stage are done."""
        if total <= 1:
            return
        if self._bar is None or stage != self._stage:
            self._close()
            self._stage = stage
            from tqdm import tqdm  # noqa: PLC0415 - brings asyncio; only a job of many steps has a bar

            # ``disable=None`` keeps the bar out of files and pipes.
            self._bar = tqdm(total=total, desc=f"{self._name}: {stage}", leave=False, disable=None)
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
