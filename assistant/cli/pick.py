"""The command ``assistant pick``: type a question, see the passages change, and take the words of one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.completion import essays_option, style_option
from assistant.cli.terminal import common, filtered, open_library, print_json, printable, say
from assistant.core.answer import Answer, Hit
from assistant.core.errors import AssistantError
from assistant.core.selection import Selection
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from prompt_toolkit import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.layout import Layout
    from prompt_toolkit.output import Output

    from assistant.library.library import Library

_SHOWN = 9
# Lines of the list and of the passage below it that a small terminal shows at least.
_FEWEST = 1
# The verdict, in words as short as a status line, which has 80 columns in all.
_VERDICTS = {"answers": "answers", "near": "comes near", "none": "none seems to answer"}
_KEYS = "Enter: take · Tab: passage · ↑ ↓: choose · Esc: leave"
_HINT = "Type a question. The passages that are nearest to it come above, each with its citation."
_Ask = Callable[[str], Answer]


@click.command(short_help="Choose a passage while typing, and copy or print its words.")
@click.argument("question", required=False, default="")
@essays_option("Ask this essay only")
@filtered(passages=True)
@style_option()
@click.option(
    "--copy", "copied", is_flag=True, help="Put the words on the clipboard instead of printing them."
)
@common
def pick(question: str, *, copied: bool, root: Path | None, as_json: bool, **options: Any) -> None:
    """Type a question, choose among the passages found, and print the words of one with their citation.

    QUESTION is in the line at first. The list is drawn on the terminal, and only what is chosen is printed,
    so that it can be put into a file: assistant pick >> draft.md
    """
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise AssistantError("pick needs a terminal to type in; without one use: assistant ask QUESTION")
    options["where"] = Selection.of(options)
    library = open_library(root)
    library.finder()
    library.warm()
    hit, words, answer = Picker(_asking(library, options), question).run()
    if hit is None or answer is None:
        sys.exit(1)
    if copied:
        from assistant.cli.clipboard import copy

        copy(words)
        say(f"Copied: {words}")
    elif as_json:
        shown = answer_object(answer)
        print_json(next(passage for passage in shown["passages"] if passage["id"] == hit.passage.id))
    else:
        click.echo(words)


def _asking(library: Library, options: dict[str, Any]) -> _Ask:
    def ask(question: str) -> Answer:
        return library.ask(question, top=_SHOWN, fast=True, explained=False, **options)

    return ask


class Picker:
    """A line to type a question in, with the passages that it finds below.

    Args:
        ask: Answers a question at once.
        question: What stands in the line at first.
    """

    def __init__(self, ask: _Ask, question: str = "") -> None:
        self._ask, self._question = ask, question
        self._answer: Answer | None = None
        # What was typed and has not been asked yet.
        self._waiting: str | None = None
        self._error = ""
        self._chosen = 0
        self._whole = False
        # The line of the passage, as it is shown, on which the marked words end.
        self._marked_line = 0

    def run(
        self, source: Input | None = None, terminal: Output | None = None
    ) -> tuple[Hit | None, str, Answer | None]:
        """Let the user choose.

        Args:
            source: Where keys come from; the terminal by default.
            terminal: Where the list is drawn; the terminal by default.

        Returns:
            The passage chosen, its words with their citation, and the answer that it is from; nothing if the
            user left.
        """
        if self._question:
            self._search(self._question)
        if not self._application(source, terminal).run() or self._answer is None:
            return None, "", None
        hit = self._answer.hits[self._chosen]
        return hit, self._words(hit), self._answer

    def _words(self, hit: Hit) -> str:
        return hit.quotation if self._whole or not hit.highlights else hit.highlights[0].quotation

    def _typed(self, text: str) -> None:
        """Remember what the line says; it is asked before the list is drawn, once for keys typed ahead."""
        self._waiting = text

    def _search(self, text: str) -> None:
        self._chosen, self._error = 0, ""
        if not text.strip():
            self._answer = None
            return
        try:
            self._answer = self._ask(text)
        except AssistantError as error:
            self._answer, self._error = None, str(error)

    def _search_or_end(self) -> None:
        """Ask what was typed; an unexpected error ends the list, or the list would wait for a key."""
        from prompt_toolkit.application import get_app

        if self._waiting is None:
            return
        text, self._waiting = self._waiting, None
        try:
            self._search(text)
        except Exception as error:  # noqa: BLE001 - it is raised again where the list was started
            get_app().exit(exception=error)

    def _application(self, source: Input | None, terminal: Output | None) -> Application[bool]:
        from prompt_toolkit import Application
        from prompt_toolkit.output import create_output

        application: Application[bool] = Application(
            layout=self._layout(),
            key_bindings=self._bindings(),
            input=source,
            output=terminal or create_output(stdout=sys.stderr),
            erase_when_done=True,
            before_render=lambda _: self._search_or_end(),
        )
        # A lone Esc is told from the keys that begin with it by so many seconds of silence.
        application.ttimeoutlen = application.timeoutlen = 0.05
        return application

    def _layout(self) -> Layout:
        from prompt_toolkit.buffer import Buffer
        from prompt_toolkit.data_structures import Point
        from prompt_toolkit.document import Document
        from prompt_toolkit.layout import Dimension, HSplit, Layout, VSplit, Window
        from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl

        line = Buffer(
            document=Document(self._question),
            multiline=False,
            on_text_changed=lambda buffer: self._typed(buffer.text),
        )
        status = Window(FormattedTextControl(self._status), height=1, style="reverse")
        question = VSplit(
            [Window(FormattedTextControl("> "), width=2), Window(BufferControl(line))], height=1
        )
        listed = Window(
            FormattedTextControl(self._listed, get_cursor_position=lambda: Point(0, self._chosen)),
            height=Dimension(min=_FEWEST, max=_SHOWN, preferred=_SHOWN),
            wrap_lines=False,
        )
        # It is scrolled to the marked words.
        preview = Window(
            FormattedTextControl(self._preview, get_cursor_position=lambda: Point(0, self._marked_line)),
            height=Dimension(min=_FEWEST, weight=2),
            wrap_lines=True,
        )
        return Layout(HSplit([question, status, listed, Window(char="─", height=1), preview]))

    def _bindings(self) -> KeyBindings:
        from prompt_toolkit.key_binding import KeyBindings

        bindings = KeyBindings()

        def move(event: KeyPressEvent, by: int) -> None:
            self._search_or_end()
            count = len(self._answer.hits) if self._answer else 0
            self._chosen = max(0, min(self._chosen + by, count - 1))
            event.app.invalidate()

        def leave(event: KeyPressEvent, *, taken: bool) -> None:
            if taken:
                self._search_or_end()
            if event.app.is_done:
                return
            if not taken or (self._answer and self._answer.hits):
                event.app.exit(result=taken)

        def switch(event: KeyPressEvent) -> None:
            self._whole = not self._whole
            event.app.invalidate()

        for keys, by in ((("up", "c-p"), -1), (("down", "c-n"), 1)):
            for key in keys:
                bindings.add(key)(lambda event, by=by: move(event, by))
        bindings.add("tab")(switch)
        bindings.add("enter")(lambda event: leave(event, taken=True))
        for key in ("escape", "c-c", "c-d"):
            bindings.add(key)(lambda event: leave(event, taken=False))
        return bindings

    def _status(self) -> str:
        verdict = _VERDICTS[self._answer.verdict] if self._answer else ""
        return " " + " · ".join(filter(None, (verdict, _KEYS)))

    def _listed(self) -> StyleAndTextTuples:
        lines: StyleAndTextTuples = []
        for number, hit in enumerate(self._answer.hits if self._answer else ()):
            style = "bold reverse" if number == self._chosen else ""
            shown = hit.highlights[0] if hit.highlights else None
            citation = shown.citation if shown else hit.citation
            words = shown.text if shown else hit.passage.text
            mark = "▸" if number == self._chosen else " "
            lines.append(
                (style, f"{mark} {printable(citation.in_text)}  {printable(' '.join(words.split()))}\n")
            )
        return lines

    def _preview(self) -> StyleAndTextTuples:
        from prompt_toolkit.application import get_app

        columns = get_app().output.get_size().columns
        self._marked_line = 0
        if not self._answer or not self._answer.hits:
            said = self._error or (self._answer.remark if self._answer else "") or _HINT
            return [("", broken(printable(said), columns))]
        hit = self._answer.hits[self._chosen]
        if self._whole:
            return [("bold", broken(printable(self._words(hit)), columns))]
        text, marked = broken(printable(hit.passage.text), columns), hit.highlights[:1]
        start, end = (marked[0].start, marked[0].end) if marked else (0, 0)
        self._marked_line = text.count("\n", 0, end)
        return [("", text[:start]), ("bold", text[start:end]), ("", text[end:])]


def broken(text: str, columns: int) -> str:
    """A text with line breaks in place of spaces, so that words stay whole; offsets stay the same."""
    lines, start = [], 0
    while len(text) - start > columns:
        end = text.find("\n", start, start + columns + 1)
        if end < 0:
            end = text.rfind(" ", start, start + columns + 1)
        if end <= start:
            # A word longer than a line is left to the terminal.
            end = text.find(" ", start)
            if end < 0:
                break
        lines.append(text[start:end])
        start = end + 1
    return "\n".join([*lines, text[start:]])
