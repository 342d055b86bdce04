"""The dialogs: a passage and its sentences are chosen, settings are entered, sentences are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import unohelper
from com.sun.star.awt import XActionListener, XItemListener
from com.sun.star.awt.MessageBoxButtons import BUTTONS_OK
from com.sun.star.awt.MessageBoxType import INFOBOX, WARNINGBOX

from essay_assistant_writer.client import AssistantError, Client, checked_address
from essay_assistant_writer.finding import Finding
from essay_assistant_writer.settings import Settings

if TYPE_CHECKING:
    from essay_assistant_writer.commands import Commands

_TITLE = "Essay Assistant"
# What buttons do besides calling a function, as `com.sun.star.awt.PushButtonType` numbers it.
_OK, _CANCEL = 1, 2


def tell(window: Any, sentence: str, *, is_error: bool = False) -> None:
    """Show a sentence until the user has read it."""
    kind = WARNINGBOX if is_error else INFOBOX
    window.getToolkit().createMessageBox(window, kind, BUTTONS_OK, _TITLE, sentence).execute()


class _Form:
    """A dialog whose controls are added one by one.

    Args:
        context: The component context of LibreOffice.
        title: Its title.
        size: Its width and height, in units of the dialog's font.
    """

    def __init__(self, context: Any, title: str, size: tuple[int, int]) -> None:
        self._context = context
        self._model = self._made("com.sun.star.awt.UnoControlDialogModel")
        self._model.Title, self._model.Moveable, self._model.Closeable = title, True, True
        self._model.Width, self._model.Height = size
        self.dialog = self._made("com.sun.star.awt.UnoControlDialog")
        self.dialog.setModel(self._model)
        self._tab_index = 0

    def add(self, kind: str, name: str, area: tuple[int, int, int, int], **properties: Any) -> Any:
        """Add a control: its kind, its area (left, upper, width, height) and its properties."""
        model = self._model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
        model.PositionX, model.PositionY, model.Width, model.Height = area
        model.TabIndex, self._tab_index = self._tab_index, self._tab_index + 1
        for key, value in properties.items():
            model.setPropertyValue(key, value)
        self._model.insertByName(name, model)
        return self.dialog.getControl(name)

    def labelled(
        self, kind: str, name: str, label: str, area: tuple[int, int, int, int], **properties: Any
    ) -> Any:
        """Add a control with its label above it."""
        left, upper, width, _ = area
        self.add("FixedText", f"{name}-label", (left, upper - 10, width, 9), Label=label)
        return self.add(kind, name, area, **properties)

    def execute(self, window: Any) -> bool:
        """Show the dialog; whether it was closed by its OK button."""
        self.dialog.createPeer(window.getToolkit(), window)
        try:
            return bool(self.dialog.execute())
        finally:
            self.dialog.dispose()

    def _made(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)


class _Pressed(unohelper.Base, XActionListener):
    """Calls a function when a button is pressed, or a list is double-clicked."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action

    def actionPerformed(self, _event: Any) -> None:
        """Call it."""
        self._action()

    def disposing(self, _event: Any) -> None:
        """Nothing is held."""


class _Chosen(unohelper.Base, XItemListener):
    """Calls a function when an item is chosen."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action

    def itemStateChanged(self, _event: Any) -> None:
        """Call it."""
        self._action()

    def disposing(self, _event: Any) -> None:
        """Nothing is held."""


class InsertDialog:
    """The dialog in which a passage is found and its sentences are chosen.

    Args:
        context: The component context of LibreOffice.
        window: The document's window.
        commands: Inserts the quotation.
        client: Asks the server.
        style: The document's citation style.
    """

    def __init__(self, context: Any, window: Any, commands: Commands, client: Client, style: str) -> None:
        self._window, self._commands = window, commands
        self._finding = Finding(client, commands.language)
        self._styles = client.styles()
        form = self._form = _Form(context, "Insert Quotation", (340, 292))
        self._question = form.labelled("Edit", "question", "~Question or words", (6, 16, 226, 14))
        self._style = form.labelled("ComboBox", "style", "Citation st~yle", (238, 16, 96, 14), Dropdown=True)
        self._find = form.add("Button", "find", (284, 34, 50, 14), Label="~Find", DefaultButton=True)
        self._verdict = form.add("FixedText", "verdict", (6, 36, 272, 18), MultiLine=True)
        self._passages = form.labelled("ListBox", "passages", "~Passages", (6, 66, 328, 64))
        self._sentences = form.labelled(
            "ListBox", "sentences", "~Sentences to quote", (6, 144, 328, 62), MultiSelection=True
        )
        self._preview = form.labelled(
            "Edit", "preview", "As it goes into the document", (6, 220, 328, 48),
            MultiLine=True, ReadOnly=True, VScroll=True,
        )  # fmt: skip
        self._insert = form.add("Button", "insert", (228, 273, 50, 14), Label="~Insert", Enabled=False)
        form.add("Button", "close", (284, 273, 50, 14), Label="Close", PushButtonType=_CANCEL)
        self._style.addItems(tuple(self._styles.values()), 0)
        self._style.setText(self._styles.get(style, style))
        self._find.addActionListener(_Pressed(self._guarded(self._search)))
        self._insert.addActionListener(_Pressed(self._guarded(self._insert_and_close)))
        self._style.addItemListener(_Chosen(self._guarded(self._restyle)))
        self._passages.addItemListener(_Chosen(self._guarded(self._show_passage)))
        self._sentences.addItemListener(_Chosen(self._guarded(self._show_quotation)))

    def show(self, words: str) -> None:
        """Show the dialog until the quotation is inserted; words that are selected are the question."""
        self._question.setText(words)
        self._form.execute(self._window)

    def _guarded(self, action: Callable[[], None]) -> Callable[[], None]:
        """An action whose failure is said in the dialog."""

        def guarded() -> None:
            try:
                action()
            except AssistantError as failure:
                self._verdict.setText(str(failure))

        return guarded

    def _search(self) -> None:
        self._verdict.setText("Searching…")
        self._form.dialog.getPeer().getToolkit().processEventsToIdle()
        self._finding.ask(self._question.getText(), self._style_name())
        self._verdict.setText(self._finding.verdict)
        self._passages.removeItems(0, self._passages.getItemCount())
        self._passages.addItems(tuple(self._finding.passage_lines()), 0)
        if self._passages.getItemCount():
            self._passages.selectItemPos(0, True)
        self._show_passage()

    def _show_passage(self) -> None:
        self._sentences.removeItems(0, self._sentences.getItemCount())
        number = self._passages.getSelectedItemPos()
        # Until the passage is there, what was chosen before must not be inserted for it.
        self._insert.getModel().Enabled = False
        self._preview.setText("")
        if number < 0:
            return
        self._finding.choose(number)
        self._insert.getModel().Enabled = True
        self._sentences.addItems(tuple(self._finding.sentence_lines()), 0)
        self._sentences.selectItemsPos(self._finding.chosen, True)
        self._preview.setText(self._finding.quotation.preview)

    def _show_quotation(self) -> None:
        self._finding.choose_sentences(self._sentences.getSelectedItemsPos())
        # What is between two sentences is quoted with them.
        self._sentences.selectItemsPos(self._finding.chosen, True)
        self._preview.setText(self._finding.quotation.preview)

    def _restyle(self) -> None:
        if self._passages.getSelectedItemPos() >= 0:
            self._finding.set_in(self._style_name())
            self._preview.setText(self._finding.quotation.preview)

    def _insert_and_close(self) -> None:
        self._finding.set_in(self._style_name())
        self._commands.remember_style(self._style_name())
        self._commands.insert(self._finding.quotation)
        self._form.dialog.endExecute()

    def _style_name(self) -> str:
        """The style chosen by its title, or typed by its name."""
        shown = self._style.getText().strip()
        return next((name for name, title in self._styles.items() if title == shown), shown)


def ask_settings(context: Any, window: Any, settings: Settings, styles: dict[str, str]) -> Settings | None:
    """Let the user change the settings; ``None`` if they are left as they were."""
    form = _Form(context, "Essay Assistant: Settings", (220, 142))
    address = form.labelled(
        "Edit",
        "address",
        "~Address of the assistant (assistant serve)",
        (6, 16, 208, 14),
        Text=settings.address,
    )
    name = form.labelled("Edit", "name", "~Name, if it has a login", (6, 46, 100, 14), Text=settings.name)
    password = form.labelled(
        "Edit", "password", "~Password", (114, 46, 100, 14), Text=settings.password, EchoChar=ord("•")
    )
    style = form.labelled("ComboBox", "style", "Citation st~yle", (6, 76, 208, 14), Dropdown=True)
    form.add(
        "FixedText", "remark", (6, 95, 208, 20), MultiLine=True,
        Label="The login is stored in your LibreOffice profile, in a file that only you can read.",
    )  # fmt: skip
    form.add("Button", "ok", (110, 122, 50, 14), Label="OK", PushButtonType=_OK, DefaultButton=True)
    form.add("Button", "cancel", (164, 122, 50, 14), Label="Cancel", PushButtonType=_CANCEL)
    style.addItems(tuple(styles.values()), 0)
    style.setText(styles.get(settings.style, settings.style))
    if not form.execute(window):
        return None
    shown = style.getModel().Text.strip()
    chosen = next((each for each, title in styles.items() if title == shown), shown)
    entered = [control.getModel().Text.strip() for control in (address, name)]
    return Settings(checked_address(entered[0]), entered[1], password.getModel().Text, chosen)
