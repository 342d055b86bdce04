"""Answers the calls, in the same way over HTTP, MCP and Gradio.

No answer and no refusal names a path of the server.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from anyio.to_thread import run_sync

from assistant.api.schema import CALLS, RefusedError, check_request
from assistant.core.errors import (
    AssistantError,
    DamagedEssayError,
    DraftError,
    NoPagesError,
    NotAskedError,
    QuotationError,
    RecordError,
)
from assistant.core.selection import Selection
from assistant.rendering.answers import answer_object, hyphenated_citation, plain_answer, zotero_object
from assistant.rendering.book_index import index_object, plain_index
from assistant.rendering.clipboard import insertion_object
from assistant.rendering.drafts import draft_object, plain_draft
from assistant.rendering.essays import damaged_objects, plain_essays, plain_passages, summary_object
from assistant.rendering.outlines import outline_object, plain_outline
from assistant.rendering.quotations import plain_verdict, verdict_object
from assistant.rendering.related import comparison_object, plain_comparison, plain_related, related_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assistant.core.essay import EssaySummary
    from assistant.library.library import Library

_Result = TypeVar("_Result")

# Questions that are answered at the same time: as many as there are cores; and those whose passages a model
# reads, which takes much longer. More would only compete for the processor; the others wait in order.
_PARALLEL, _PARALLEL_READING = os.cpu_count() or 1, 2
# Images of pages that are fetched at the same time; those that must be drawn first wait for each other.
_PARALLEL_DRAWING = 4
# Errors in what was asked. Their messages name nothing of the server; those of subclasses may name files.
_ERRORS_OF_REQUESTS = {AssistantError, RecordError, QuotationError, DraftError}
_EMPTY = "The library holds no essay yet; add one with: assistant add FILE"
_UNEXPECTED = "assistant: an unexpected error; please report it with what this prints: assistant doctor"
_OUT_OF_ORDER = "The library cannot be asked now; the messages of the server say why."


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
    """Answers the calls of other programs.

    Args:
        library: The library that is asked.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._quick = anyio.CapacityLimiter(_PARALLEL)
        self._drawing = anyio.CapacityLimiter(_PARALLEL_DRAWING)
        self._slow = anyio.CapacityLimiter(_PARALLEL_READING)
        self._answers: dict[str, Callable[..., ApiResult]] = {
            "ask": self._ask,
            "quote": self._quote,
            "check": self._check,
            "cite": self._cite,
            "list": self._list,
            "outline": self._outline,
            "index": self._index,
            "related": self._related,
            "compare": self._compare,
            "insert": self._insert,
            "styles": self._styles,
        }

    async def answer(self, name: str, fields: Mapping[str, Any]) -> ApiResult:
        """Answer a call, waiting while too many others are being answered.

        Args:
            name: One of ``CALLS``.
            fields: The fields of the request.

        Raises:
            RefusedError: If it cannot be answered.
        """
        check_request(CALLS[name], fields)
        slow = name == "check" or (name in {"ask", "compare"} and not fields.get("fast", False))
        limiter = self._slow if slow else self._quick
        return await _in_thread(partial(self._answers[name], **fields), limiter)

    async def check_file(self, data: bytes, name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Check a draft that is a file.

        Args:
            data: The file's bytes.
            name: What messages call it, with the suffix of its format.
            fields: The fields of ``check`` besides the draft.

        Raises:
            RefusedError: If it cannot be checked.
        """
        check_request(CALLS["check"], {"draft": name, **fields})
        return await _in_thread(partial(self._check_file, data, name, **fields), self._slow)

    async def essays(self) -> dict[str, EssaySummary]:
        """A summary of each essay by id.

        Raises:
            RefusedError: If they cannot be read.
        """
        return await _in_thread(self._library.summaries, self._quick)

    async def read(self, name: str) -> str:
        """The words of an essay (``gill-2014``) or a passage (``gill-2014/p09``), each passage under its id.

        Raises:
            RefusedError: If there is none of that name.
        """
        return await _in_thread(partial(self._read, name), self._quick)

    async def page_image(self, essay_id: str, number: int, width: int) -> bytes:
        """A page of an essay's PDF as a PNG file.

        Args:
            essay_id: The essay.
            number: Number of the page in the file, from 1.
            width: Width of the image in pixels.

        Raises:
            RefusedError: If there is no such page, or it cannot be drawn.
        """
        return await _in_thread(partial(self._page_image, essay_id, number, width), self._drawing)

    async def page_marks(self, passage: str, spans: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """The pages on which words of a passage are printed, and rectangles around the words.

        Args:
            passage: Id of the passage.
            spans: Spans of its text; the whole passage if there are none.

        Raises:
            RefusedError: If there is no such passage, or the essay has no pages to be shown.
        """
        return await _in_thread(partial(self._page_marks, passage, spans), self._drawing)

    def warm_in_background(self) -> None:
        """Load what a question needs in a thread; a question that comes meanwhile waits for it."""
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        """Load it; an error is reported here, and again to everyone who asks a question."""
        try:
            self._library.warm()
        except AssistantError as error:
            sys.stderr.write(f"assistant: {error}\n")

    def _require(self, essay_ids: Sequence[str]) -> None:
        """Refuse a call to an empty library, or for essays that the library does not have."""
        known = self._library.ids()
        if not known:
            raise RefusedError(HTTPStatus.NOT_FOUND, _EMPTY)
        for essay_id in essay_ids:
            if essay_id not in known:
                raise RefusedError(
                    HTTPStatus.NOT_FOUND, f"There is no essay {essay_id!r}; there is: {', '.join(known)}."
                )

    def _ask(
        self,
        *,
        question: str,
        essays: Sequence[str] = (),
        explain: bool = False,
        on_its_own: bool = False,
        **options: Any,
    ) -> ApiResult:
        self._require(essays)
        if on_its_own:
            options.pop("history", None)
        options["where"] = Selection.of(options)
        answer = self._library.ask(question, essays=essays, explained=explain, **options)
        return ApiResult(answer_object(answer, explained=explain), plain_answer(answer))

    def _quote(
        self, *, text: str, essays: Sequence[str] = (), style: str = "mla", **filters: Any
    ) -> ApiResult:
        self._require(essays)
        verdict = self._library.quote(text, essays=essays, style=style, where=Selection.of(filters))
        return ApiResult(verdict_object(verdict), plain_verdict(verdict))

    def _check(
        self,
        *,
        draft: str,
        essays: Sequence[str] = (),
        style: str = "mla",
        paraphrases: bool = False,
        **filters: Any,
    ) -> ApiResult:
        self._require(essays)
        options: dict[str, Any] = {"style": style, "where": Selection.of(filters), "paraphrases": paraphrases}
        report = self._library.check_draft(draft, essays=essays, **options)
        return ApiResult(draft_object(report), plain_draft(report))

    def _check_file(
        self, data: bytes, name: str, *, essays: Sequence[str] = (), style: str = "mla", **options: Any
    ) -> dict[str, Any]:
        self._require(essays)
        hints = options.pop("paraphrases", False)
        report = self._library.check_draft_file(
            data, name, essays=essays, style=style, where=Selection.of(options), paraphrases=hints
        )
        return draft_object(report) | {"draft": "-", "paragraphs": list(report.paragraphs)}

    def _cite(self, *, id: str, style: str = "mla", page: str | None = None) -> ApiResult:  # noqa: A002
        self._require([id])
        first, reference = self._library.cite(id, style=style, page=page)
        later, _ = self._library.cite(id, style=style, page=page, again=True)
        value = {"id": id, "style": style, "citation": hyphenated_citation(first), "reference": reference}
        if later != first:
            value["again"] = hyphenated_citation(later)
        value |= zotero_object(self._library.links(id, first.pages))
        lines = dict.fromkeys((first.in_text, later.in_text, reference))
        return ApiResult(value, "\n".join(lines))

    def _insert(self, *, passage: str, style: str = "mla", **options: Any) -> ApiResult:
        self._require([passage.partition("/")[0]])
        insertable = self._library.insertable(passage, style=style, **options)
        return ApiResult(insertion_object(insertable), insertable.quotation.text)

    def _styles(self) -> ApiResult:
        titles = self._library.styles()
        value = {"styles": [{"name": name, "title": title} for name, title in titles.items()]}
        return ApiResult(value, "\n".join(f"{name}: {title}" for name, title in titles.items()))

    def _list(self, **filters: Any) -> ApiResult:
        where = Selection.of(filters)
        summaries = self._library.selected(where) if where else self._library.summaries()
        damaged = {} if where else self._library.damaged()
        text = plain_essays(summaries, damaged) if summaries or damaged else _EMPTY
        objects = [summary_object(*essay) for essay in summaries.items()]
        return ApiResult([*objects, *damaged_objects(damaged)], text)

    def _outline(self, *, id: str, style: str = "mla") -> ApiResult:  # noqa: A002
        self._require([id])
        outline = self._library.outline(id, style)
        return ApiResult(outline_object(outline), plain_outline(outline))

    def _index(self, *, essays: Sequence[str] = ()) -> ApiResult:
        self._require(essays)
        index = self._library.index_of(essays)
        return ApiResult(index_object(index), plain_index(index))

    def _related(
        self, *, passage: str, essays: Sequence[str] = (), other_essays: bool = False, **options: Any
    ) -> ApiResult:
        self._require([passage.partition("/")[0], *essays])
        related = self._library.related(passage, essays=essays, others=other_essays, **options)
        return ApiResult(related_object(related), plain_related(related))

    def _compare(self, *, question: str, essays: Sequence[str] = (), **options: Any) -> ApiResult:
        self._require(essays)
        compared = self._library.compare(question, essays=essays, **options)
        titles = {essay_id: summary.title for essay_id, summary in self._library.summaries().items()}
        return ApiResult(comparison_object(compared, titles), plain_comparison(compared, titles))

    def _page_image(self, essay_id: str, number: int, width: int) -> bytes:
        self._require([essay_id])
        return self._library.printed_pages(essay_id).png(number, width)

    def _page_marks(self, name: str, spans: Sequence[tuple[int, int]]) -> dict[str, Any]:
        essay_id = name.partition("/")[0]
        self._require([essay_id])
        passages = self._library.essay(essay_id).passages
        passage = next((passage for passage in passages if passage.id == name), None)
        if passage is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"{essay_id} has no such passage.")
        if any(not 0 <= start < end <= len(passage.text) for start, end in spans):
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name} has {len(passage.text)} characters.")
        pages = self._library.printed_pages(essay_id).marked(passage, spans)
        return {
            "passage": name,
            "pages": [
                {"file": marked.page.number, "page": marked.page.label, "boxes": marked.marks}
                for marked in pages
            ],
        }

    def _read(self, name: str) -> str:
        essay_id, _, number = name.partition("/")
        self._require([essay_id])
        essay = self._library.essay(essay_id)
        passages = [passage for passage in essay.passages if not number or passage.id == name]
        if not passages:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"{essay_id} has no passage {number!r}.")
        return plain_passages(passages)


async def _in_thread(work: Callable[[], _Result], limiter: anyio.CapacityLimiter) -> _Result:
    """Do work in a thread, so that other requests are answered meanwhile."""
    return await run_sync(partial(_refusing_errors, work), limiter=limiter)


def _refusing_errors(work: Callable[[], _Result]) -> _Result:
    """Do work; an error that may name files of the server is written to its terminal, not to the client."""
    try:
        return work()
    except RefusedError:
        raise
    except DamagedEssayError as error:
        raise RefusedError(HTTPStatus.CONFLICT, error.public) from error
    except NoPagesError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, str(error)) from error
    except AssistantError as error:
        if type(error) in _ERRORS_OF_REQUESTS:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error
        sys.stderr.write(f"assistant: {error}\n")
        public = str(error) if isinstance(error, NotAskedError) else _OUT_OF_ORDER
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, public) from error
    except Exception as error:
        traceback.print_exc()
        sys.stderr.write(f"{_UNEXPECTED}\n")
        raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, _OUT_OF_ORDER) from error
