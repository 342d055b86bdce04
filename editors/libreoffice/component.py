"""What LibreOffice loads: the commands of the menu, the toolbar and the keys, and a job for macros."""

from __future__ import annotations

from typing import Any

import unohelper
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.task import XJob
from com.sun.star.uno import Exception as UnoException
from essay_assistant_writer.client import AssistantError
from essay_assistant_writer.commands import Commands

_NAME, _PROTOCOL = "org.essayassistant.Writer", "org.essayassistant:"


class Writer(unohelper.Base, XDispatchProvider, XDispatch, XInitialization, XJob, XServiceInfo):
    """The handler of the addresses ``org.essayassistant:...`` for one window.

    Args:
        context: The component context of LibreOffice.
    """

    def __init__(self, context: Any) -> None:
        self._context, self._frame = context, None

    def initialize(self, arguments: tuple[Any, ...]) -> None:
        """Take the frame for which the handler is made."""
        self._frame = arguments[0] if arguments else None

    def queryDispatch(self, address: Any, _target: str, _flags: int) -> Writer | None:
        """The handler itself for its own addresses."""
        return self if address.Complete.startswith(_PROTOCOL) else None

    def queryDispatches(self, requests: Any) -> tuple[Writer | None, ...]:
        """The same for several addresses."""
        return tuple(self.queryDispatch(each.FeatureURL, each.FrameName, 0) for each in requests)

    def dispatch(self, address: Any, _arguments: Any) -> None:
        """Run a command with its dialogs."""
        desktop = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", self._context
        )
        frame = self._frame or desktop.getCurrentFrame()
        Commands(self._context, frame.getController().getModel()).show(address.Complete[len(_PROTOCOL) :])

    def execute(self, arguments: Any) -> str:
        """Run a command without dialogs, for macros: ``command``, ``document`` and the fields of the command.

        Returns:
            What the command has to say.

        Raises:
            UnoException: If it cannot be done; its message is one sentence.
        """
        fields = {each.Name: each.Value for each in arguments}
        try:
            return Commands(self._context, fields.pop("document")).run(fields.pop("command"), fields)
        except AssistantError as error:
            raise UnoException(str(error), self) from None

    def addStatusListener(self, _listener: Any, _address: Any) -> None:
        """The commands are always available."""

    def removeStatusListener(self, _listener: Any, _address: Any) -> None:
        """Nobody is told anything."""

    def getImplementationName(self) -> str:
        """Name of the implementation."""
        return _NAME

    def supportsService(self, name: str) -> bool:
        """Whether it is a service of that name."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """The services that it is."""
        return ("com.sun.star.frame.ProtocolHandler", "com.sun.star.task.Job")


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(
    Writer, _NAME, ("com.sun.star.frame.ProtocolHandler", "com.sun.star.task.Job")
)
