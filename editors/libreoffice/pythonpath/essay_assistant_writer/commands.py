"""The commands of the menu, with and without dialogs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import uno
from com.sun.star.uno import Exception as UnoException

from essay_assistant_writer import comments
from essay_assistant_writer.client import AssistantError, Client
from essay_assistant_writer.dialogs import InsertDialog, ask_settings, tell
from essay_assistant_writer.quotation import Quotation
from essay_assistant_writer.settings import Settings, read_settings, write_settings
from essay_assistant_writer.writing import insert_quotation, language_at

# The property of a document in which its citation style is remembered, and UNO's sign that it may be removed.
_STYLE, _REMOVABLE = "Essay Assistant style", 128

_NOT_HERE = "Writer cannot do this here; put the cursor into the text of the document."


class Commands:
    """The commands for one document.

    Args:
        context: The component context of LibreOffice.
        document: The Writer document.
    """

    def __init__(self, context: Any, document: Any) -> None:
        self._context, self._document = context, document

    def run(self, command: str, fields: dict[str, Any]) -> str:
        """Run a command without dialogs.

        Args:
            command: ``insert`` (at the cursor), ``check``, ``correct`` (at the cursor), ``remove`` or
                ``settings``.
            fields: For ``insert`` the fields of ``/api/insert``, for ``settings`` those of ``Settings``; all
                may have ``style``.

        Returns:
            What the command has to say.

        Raises:
            AssistantError: If it cannot be done.
        """
        commands: dict[str, Callable[..., str]] = {
            "insert": self._insert,
            "check": self._check,
            "correct": self._correct,
            "remove": self._remove,
            "settings": self._store,
        }
        if command not in commands:
            raise AssistantError(f"There is no command {command!r}; there is: {', '.join(commands)}.")
        if command != "settings" and fields.get("style"):
            self.remember_style(fields.pop("style"))
        return commands[command](**fields)

    def show(self, command: str) -> None:
        """Run a command with its dialogs; what it cannot do is said in one."""
        window = self._document.getCurrentController().getFrame().getContainerWindow()
        try:
            if command == "insert":
                InsertDialog(self._context, window, self, self.client, self.style).show(self._selected())
            elif command == "settings":
                before = self.settings
                changed = ask_settings(self._context, window, before, self._styles())
                if changed is not None:
                    write_settings(self._profile, changed)
                    # A document keeps its own style when only the address or the login was entered.
                    if changed.style != before.style:
                        self.remember_style(changed.style)
            else:
                tell(window, self.run(command, {}))
        except AssistantError as failure:
            tell(window, str(failure), is_error=True)
        except UnoException as failure:
            tell(window, f"{_NOT_HERE} ({failure.Message.strip() or type(failure).__name__})", is_error=True)

    @property
    def settings(self) -> Settings:
        """The user's settings."""
        return read_settings(self._profile)

    @property
    def client(self) -> Client:
        """What asks the server of the settings."""
        return self.settings.client()

    @property
    def style(self) -> str:
        """The citation style of the document."""
        properties = self._document.getDocumentProperties().getUserDefinedProperties()
        if properties.getPropertySetInfo().hasPropertyByName(_STYLE):
            return str(properties.getPropertyValue(_STYLE))
        return self.settings.style

    @property
    def language(self) -> str:
        """The language at the cursor."""
        return language_at(self._cursor)

    def remember_style(self, style: str) -> None:
        """Store the citation style in the document's properties."""
        properties = self._document.getDocumentProperties().getUserDefinedProperties()
        if properties.getPropertySetInfo().hasPropertyByName(_STYLE):
            properties.setPropertyValue(_STYLE, style)
        else:
            properties.addProperty(_STYLE, _REMOVABLE, style)

    def insert(self, quotation: Quotation) -> None:
        """Insert a quotation at the cursor, in one step of undoing."""
        with self._one_step("Insert Quotation"):
            end = insert_quotation(self._document, self._cursor, quotation)
        self._document.getCurrentController().getViewCursor().gotoRange(end, False)

    def _insert(self, **fields: Any) -> str:
        fields.setdefault("language", self.language)
        quotation = Quotation.of(self.client.insert(style=self.style, **fields))
        self.insert(quotation)
        return quotation.preview

    def _check(self) -> str:
        checked, placed = self._checked()
        with self._one_step("Check Quotations"):
            comments.comment_on(self._document, placed)
        quotations = _counted(checked["quotations"], "quotation")
        exact = f"{quotations}, {checked['exact']} as printed, {checked['not_checked']} not checkable"
        found = f"{_counted(len(placed), 'problem')}; see the comments" if placed else "no problems"
        return f"{exact}; {found}."

    def _correct(self) -> str:
        _, placed = self._checked()
        found = comments.problem_at(placed, self._cursor)
        if found is None:
            raise AssistantError(
                "No problem at the cursor has a correction that is certain; put the cursor into its words."
            )
        with self._one_step("Set as Printed"):
            comments.correct(found)
            if comments.own_comments(self._document):
                comments.comment_on(self._document, self._checked()[1])
        return f"Corrected: {found.problem.message}"

    def _remove(self) -> str:
        with self._one_step("Remove Comments of the Check"):
            return f"{_counted(comments.remove_comments(self._document), 'comment')} removed."

    def _store(self, **fields: Any) -> str:
        write_settings(self._profile, replace(self.settings, **fields))
        return "Stored."

    def _checked(self) -> tuple[dict[str, Any], list[comments.PlacedProblem]]:
        """The check of the document as it is now, and its problems at their places."""
        checked = self.client.check(comments.document_bytes(self._context, self._document), self.style)
        return checked, comments.place_problems(self._document, checked)

    def _styles(self) -> dict[str, str]:
        """The styles of the server; only the one in use if it does not answer."""
        try:
            return self.client.styles()
        except AssistantError:
            return {self.settings.style: self.settings.style}

    def _selected(self) -> str:
        return " ".join(self._cursor.getString().split())

    @property
    def _cursor(self) -> Any:
        return self._document.getCurrentController().getViewCursor()

    @property
    def _profile(self) -> Path:
        paths = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.util.PathSubstitution", self._context
        )
        return Path(uno.fileUrlToSystemPath(paths.substituteVariables("$(user)", True)))

    def _one_step(self, title: str) -> _OneStep:
        return _OneStep(self._document.getUndoManager(), title)


class _OneStep:
    """Lets everything that is done within it be one step of undoing.

    It is no generator, for errors of UNO take no traceback, as ``contextlib`` gives it to them.
    """

    def __init__(self, manager: Any, title: str) -> None:
        self._manager, self._title = manager, title

    def __enter__(self) -> None:
        self._manager.enterUndoContext(self._title)

    def __exit__(self, *_error: object) -> None:
        self._manager.leaveUndoContext()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
