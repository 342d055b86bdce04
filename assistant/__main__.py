"""``python -m assistant`` is the command ``assistant``.

A command that a warm process answers (``assistant serve --background``) is handed to it here, before anything
else of the program is loaded.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command, in the warm process if there is one."""
    if os.name == "posix":
        from assistant.core import handover

        code = handover.answer(sys.argv[1:])
        if code is not None:
            # Nothing was opened that the interpreter's end would have to close.
            os._exit(code)
    from assistant.cli import main as run

    run()


if __name__ == "__main__":
    main()
