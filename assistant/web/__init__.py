"""The web page: a conversation beside the essay. The only room that imports gradio."""

from __future__ import annotations

import os

# Gradio reads this while it is imported: no usage statistics, no version check, no outside host.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
