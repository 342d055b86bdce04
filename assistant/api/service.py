"""The answers that programs get, the same by whichever way they ask.

No answer and no refusal names a path of the machine that answers.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import anyio
from anyio.to_thread import run_sync

from assistant.api.schema import CALLS, RefusedError, check
from assistant.core.errors import AssistantError, DraftError, QuotationError, RecordError
from assistant.rendering.answers import answer_object, hyphenated_citation
from assistant.rendering.drafts import draft_object
from assistant.rendering.essays import essay_object
from assistant.rendering.plain_text import (
    plain_answer,
    plain_draft,
    plain_essays,
    plain_passages,
    plain_verdict,
)
from assistant.rendering.quotations import verdict_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from assistant.core.answer import Answer, Citation, Wanted
    from assistant.core.draft_report import DraftReport
    from assistant.core.essay import StoredEssay
    from assistant.core.quotation import Verdict

# Questions that are looked up at once, as many as there are cores, and those whose passages are read besides,
# which takes much longer. More would only take the processor from each other; those that wait are answered in
# the order they came.
_AT_ONCE, _READ_AT_ONCE = os.cpu_count() or 1, 2
# Faults of what was asked; their sentences name nothing but that.
_ASKERS_FAULTS = {AssistantError, RecordError, QuotationError, DraftError}
_EMPTY = "The library holds no essay yet; add one with: assistant add FILE"
_OUT_OF_ORDER = "The library cannot be asked now; the messages of whoever started the server say why."


class Library(Protocol):
    """What programs ask of a library; ``assistant.library.library.Library`` is one."""

    def ids(self) -> list[str]:
        """Ids of all essays."""

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay."""

    def essays(self) -> list[StoredEssay]:
        """All essays."""

    def ask(
        self,
        question: str,
        *,
        top: int = 3,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        fast: bool = False,
        explained: bool = True,
        voice: Wanted | None = None,
    ) -> Answer:
        """Answer a question."""

    def quote(self, text: str, *, essays: Sequence[str] = (), style: str = "mla") -> Verdict:
        """Judge a quotation."""

    def check_draft(
        self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla"
    ) -> DraftReport:
        """Check a draft: a file, or Markdown or plain text."""

    def cite(
        self, essay_id: str, *, style: str = "mla", page: str | None = None, again: bool = False
    ) -> tuple[Citation, str]:
        """In-text citation and full reference of an essay; ``again``: where it has been cited before."""

    def warm(self) -> None:
        """Load what a question needs."""


@dataclass(frozen=True, slots=True)
class ApiResult:
    """An answer.

    Attributes:
        value: As the command prints it with ``--json``.
        text: The same as text to paste from.
    """

    value: Any
    text: str


class ApiService:
    """Answers programs.

    Args:
        library: The library that is asked.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._quick, self._slow = anyio.CapacityLimiter(_AT_ONCE), anyio.CapacityLimiter(_READ_AT_ONCE)
        self._answers: dict[str, Callable[..., ApiResult]] = {
            "ask": self._ask,
            "quote": self._quote,
            "check": self._check_draft,
            "cite": self._cite,
            "list": self._list,
        }

    async def answer(self, name: str, given: Mapping[str, Any]) -> ApiResult:
        """Answer one call; it waits while as many are answered as may be at once.

        Args:
            name: One of ``CALLS``.
            given: The fields of the request.

        Raises:
            RefusedError: If it cannot be answered.
        """
        check(given, CALLS[name])
        slow = name == "check" or (name == "ask" and not given.get("fast", False))
        made: ApiResult = await self._aside(
            partial(self._answers[name], **given), self._slow if slow else self._quick
        )
        return made

    async def essays(self) -> list[StoredEssay]:
        """All essays.

        Raises:
            RefusedError: If they cannot be read.
        """
        made: list[StoredEssay] = await self._aside(self._library.essays, self._quick)
        return made

    async def read(self, name: str) -> str:
        """The words of an essay (``gill-2014``) or a passage (``gill-2014/p09``), each passage under its id.

        Raises:
            RefusedError: If there is none of that name.
        """
        made: str = await self._aside(partial(self._read, name), self._quick)
        return made

    def warm_in_background(self) -> None:
        """Load what a question needs, while others may ask already; the first to ask waits for it."""
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        """Load it; a fault is said here and once more to whoever asks."""
        try:
            self._library.warm()
        except AssistantError as fault:
            sys.stderr.write(f"assistant: {fault}\n")

    async def _aside(self, work: Callable[[], Any], limiter: anyio.CapacityLimiter) -> Any:
        """Do work in a thread, so that others are answered meanwhile."""
        return await run_sync(partial(_kept_in, work), limiter=limiter)

    def _known(self, how: dict[str, Any]) -> dict[str, Any]:
        """Fields of which all essays are there."""
        there = self._library.ids()
        if not there:
            raise RefusedError(HTTPStatus.NOT_FOUND, _EMPTY)
        for essay_id in how.get("essays", ()):
            _refuse_unknown(essay_id, there)
        return how

    def _ask(self, *, explain: bool = False, **how: Any) -> ApiResult:
        answer = self._library.ask(**self._known(how), explained=explain)
        return ApiResult(answer_object(answer, explained=explain), plain_answer(answer))

    def _quote(self, **how: Any) -> ApiResult:
        verdict = self._library.quote(**self._known(how))
        return ApiResult(verdict_object(verdict), plain_verdict(verdict))

    def _check_draft(self, **how: Any) -> ApiResult:
        audit = self._library.check_draft(**self._known(how))
        return ApiResult(draft_object(audit), plain_draft(audit))

    def _cite(self, *, id: str, style: str = "mla", page: str | None = None) -> ApiResult:  # noqa: A002
        self._known({"essays": [id]})
        citation, reference = self._library.cite(id, style=style, page=page)
        later, _ = self._library.cite(id, style=style, page=page, again=True)
        made = {"id": id, "style": style, "citation": hyphenated_citation(citation), "reference": reference}
        again = {"again": hyphenated_citation(later)} if later != citation else {}
        lines = dict.fromkeys((citation.in_text, later.in_text, reference))
        return ApiResult(made | again, "\n".join(lines))

    def _list(self) -> ApiResult:
        essays = self._library.essays()
        text = plain_essays(essays) if essays else _EMPTY
        return ApiResult([essay_object(essay, passages=False) for essay in essays], text)

    def _read(self, name: str) -> str:
        essay_id, _, place = name.partition("/")
        self._known({"essays": [essay_id]})
        essay = self._library.essay(essay_id)
        passages = [passage for passage in essay.passages if not place or passage.id == name]
        if not passages:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"{essay_id} has no passage {place!r}.")
        return plain_passages(passages)


def _refuse_unknown(essay_id: str, there: Sequence[str]) -> None:
    if essay_id not in there:
        known = ", ".join(there)
        raise RefusedError(HTTPStatus.NOT_FOUND, f"There is no essay {essay_id!r}; there is: {known}.")


def _kept_in(work: Callable[[], Any]) -> Any:
    """Do work; faults that name files are the host's own affair, and are told to nobody else."""
    try:
        return work()
    except RefusedError:
        raise
    except AssistantError as fault:
        if type(fault) in _ASKERS_FAULTS:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(fault)) from fault
        sys.stderr.write(f"assistant: {fault}\n")
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _OUT_OF_ORDER) from fault
    except Exception as fault:
        traceback.print_exc()
        raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, _OUT_OF_ORDER) from fault
