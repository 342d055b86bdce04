"""The fixed parts of the page: its head, the list of keys, and what stands about the reading pane."""

from __future__ import annotations

# Keys and what they do, as ``keys.js`` and ``finding.js`` hear them.
_KEYS = (
    ("Enter", "asks the question", ""),
    ("Esc", "leaves the question box for the passages", ""),
    ("↓ ↑", "next and previous passage of the conversation", ""),
    ("c", "copies the quotation of the current passage, or the current sentence of the essay", "letter"),
    ("p", "pins the quotation of the current passage, or the current sentence, to the notebook", "letter"),
    ("r", "shows the current passage in the essay", "letter"),
    ("j k", "next and previous sentence of the essay", "letter"),
    ("f", "finds a phrase in the essay", "letter"),
    ("/", "returns to the question box", "letter"),
    ("?", "shows this list", "letter"),
)

HEADER = (
    '<header class="masthead"><h1>Essay Assistant</h1>'
    "<p>The essay’s own words, with the page they stand on.</p></header>"
)

SHOW_KEYS = '<button type="button" id="show-keys" aria-haspopup="dialog">Keys</button>'

FIND = (
    '<div role="search" aria-label="The essay" class="find">'
    '<input type="search" aria-label="Find in the essay" placeholder="Find in the essay…" autocomplete="off" '
    'spellcheck="false" enterkeyhint="search">'
    "<output></output>"
    '<button type="button" class="step previous" aria-label="Previous place" disabled></button>'
    '<button type="button" class="step next" aria-label="Next place" disabled></button>'
    '</div><p class="hint">Click a sentence to copy it with its citation.</p>'
)

# The buttons of ``FIND`` lead to the same places by keyboard.
RULER = '<div id="ruler" aria-hidden="true"></div>'


def keys_html() -> str:
    """The list of keys, closed.

    Returns:
        HTML of one ``dialog#keys``; the script opens it.
    """
    rows = "".join(
        f"<div{' class=letter' if letter else ''}><dt>{_keys(keys)}</dt><dd>{does}</dd></div>"
        for keys, does, letter in _KEYS
    )
    return (
        '<dialog id="keys" aria-labelledby="keys-title"><div class="keys-list"><h2 id="keys-title">Keys</h2>'
        f"<dl>{rows}</dl>"
        '<label><input type="checkbox" id="letters-on" checked> Single letters and signs are keys</label>'
        "<p>They are never heard while you write, nor together with Ctrl, Alt or Cmd.</p>"
        '<form method="dialog"><button class="close">Close</button></form></div></dialog>'
    )


def _keys(names: str) -> str:
    return " ".join(f"<kbd>{name}</kbd>" for name in names.split())
