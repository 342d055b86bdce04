"""The web page: a file for each part, its HTML in ``views`` and its scripts in ``static``.

Only this room imports gradio.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

# Gradio reads this while it is imported: no usage statistics, no version check, no other server.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

if "mcp" not in sys.modules:
    # Where the MCP SDK is installed, Gradio imports it for a server of its own that is not used here, and the
    # page would open the better part of a second later.
    sys.modules["mcp"] = None  # type: ignore[assignment]
    try:
        import_module("gradio")
    finally:
        del sys.modules["mcp"]
