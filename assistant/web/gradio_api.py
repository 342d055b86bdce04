"""Gradio's own API under names that stay: ask, quote, check, cite, list, as the plain route answers them."""

# Annotations are not put off here: Gradio reads the types of the answers as they are.
from typing import Any, Literal

import gradio as gr

from assistant.api.schema import CALLS, RefusedError
from assistant.api.service import ApiService


class Api:
    """The calls, typed as Gradio's clients are told; what is left out comes as ``None``.

    Args:
        programs: What answers.
    """

    def __init__(self, programs: ApiService) -> None:
        self._programs = programs

    def offer(self) -> None:
        """Offer the calls in the page that is being laid out."""
        for name, call in (
            ("ask", self.ask),
            ("quote", self.quote),
            ("check", self.check),
            ("cite", self.cite),
            ("list", self.list_),
        ):
            # How many are answered at once is the programs' own affair, together with the other ways to ask.
            gr.api(call, api_name=name, api_description=CALLS[name].said, concurrency_limit=None)

    async def ask(  # noqa: PLR0917 - the fields of the call, which Gradio gives in order
        self,
        question: str,
        top: int = 3,
        essays: list[str] | None = None,
        style: str = "mla",
        history: list[str] | None = None,
        fast: bool = False,  # noqa: FBT001, FBT002 - the same
        explain: bool = False,  # noqa: FBT001, FBT002 - the same
        voice: Literal["author", "quoted"] | None = None,
    ) -> dict[str, Any]:
        """What ``assistant ask --json`` prints."""
        made: dict[str, Any] = await self._made(
            "ask",
            question=question,
            top=top,
            essays=essays,
            style=style,
            history=history,
            fast=fast,
            explain=explain,
            voice=voice,
        )
        return made

    async def quote(self, text: str, essays: list[str] | None = None, style: str = "mla") -> dict[str, Any]:
        """What ``assistant quote --json`` prints."""
        made: dict[str, Any] = await self._made("quote", text=text, essays=essays, style=style)
        return made

    async def check(self, draft: str, essays: list[str] | None = None, style: str = "mla") -> dict[str, Any]:
        """What ``assistant check - --json`` prints."""
        made: dict[str, Any] = await self._made("check", draft=draft, essays=essays, style=style)
        return made

    async def cite(self, id: str, style: str = "mla", page: str | None = None) -> dict[str, Any]:  # noqa: A002
        """What ``assistant cite --json`` prints."""
        made: dict[str, Any] = await self._made("cite", id=id, style=style, page=page)
        return made

    async def list_(self) -> list[dict[str, Any]]:
        """What ``assistant list --json`` prints."""
        made: list[dict[str, Any]] = await self._made("list")
        return made

    async def _made(self, name: str, **given: Any) -> Any:
        try:
            made = await self._programs.answer(
                name, {one: how for one, how in given.items() if how is not None}
            )
        except RefusedError as refused:
            raise gr.Error(str(refused), print_exception=False) from refused
        return made.value
