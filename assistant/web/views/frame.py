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


CHECK_INTRO = (
    '<header class="check-head"><h1>Is it quoted as printed?</h1><p>Paste a quotation to see whether it '
    "stands in the library’s essays word for word, and on which page; or paste or upload a draft to have all "
    "its quotations and their citations checked. The server keeps nothing of it; this tab keeps what you "
    "paste until you close it.</p></header>"
)

LIBRARY_INTRO = (
    '<header class="library-head"><h1>Your essays</h1><p>Add essays as plain text, as PDF extraction leaves '
    "it; they stay on this machine. Each is asked, read and cited from here.</p></header>"
)

LIBRARY_STATUS = '<div id="library-said" role="status"></div>'

LIBRARY_DIALOG = '<dialog id="sheet" aria-labelledby="sheet-title"><div class="sheet"></div></dialog>'

MEASURE_INTRO = (
    '<header class="measure-head"><h1>How well does it find?</h1><p>A question set tells which passages '
    "answer each of its questions. Run one to see how often the assistant shows them first, beside other "
    "ways of searching, and where it goes wrong.</p></header>"
)

QUESTION_SET_FORMAT = (
    "<p>Put your questions, one a line, into <code>queries.jsonl</code>:</p>"
    "<pre>{&quot;_id&quot;: &quot;q1&quot;, &quot;text&quot;: &quot;Who built the lighthouse?&quot;, "
    "&quot;doc&quot;: &quot;marsh-1999&quot;}</pre>"
    "<p>and the passages that answer them, parted by tabs under a line of headings, into "
    "<code>qrels.tsv</code> (<code>assistant show marsh-1999</code> prints the passages with their ids):</p>"
    "<pre>query-id\tcorpus-id\tscore\nq1\tmarsh-1999/p09\t1</pre>"
    "<p>A question that no passage answers stands in <code>queries.jsonl</code> alone. A set on texts that "
    "are in no library brings them as <code>corpus.jsonl</code>, with <code>_id</code>, <code>text</code> "
    "and, like the questions, <code>doc</code>.</p>"
)

NO_QUESTION_SETS = (
    "<p><strong>The library has no question set of its own for the essays it holds.</strong> One is kept in "
    "<code>data/eval/ID</code> of the library’s folder, ID being the essay’s; or upload one below.</p>"
)

COPYING = (
    '<div class="copying"><label for="copy-as">Copy as</label><select id="copy-as">'
    '<option value="formatted">formatted text</option><option value="plain">plain text</option>'
    '<option value="markdown">Markdown</option></select>'
    '<details class="menu" id="save-conversation"><summary>Save conversation</summary><div class="menu-list">'
    '<button type="button" data-save="markdown">as Markdown</button>'
    '<button type="button" data-save="docx">as a Word document</button></div></details></div>'
)

NOTEBOOK = (
    '<section class="notebook" aria-labelledby="notebook-title">'
    '<header><h1 id="notebook-title" tabindex="-1">Notebook <span id="pin-count"></span></h1>'
    "<p>Quotations that you pin, with your own notes. They are kept in this browser alone; save them before "
    "you clear its data.</p></header>"
    '<div class="notebook-save" role="group" aria-label="Save the notebook">'
    '<button type="button" data-save="markdown">Save as Markdown</button>'
    '<button type="button" data-save="docx">Save as Word document</button>'
    '<button type="button" data-save="bibtex">References as BibTeX</button>'
    '<button type="button" data-save="ris">References as RIS</button></div>'
    '<div id="notebook-said"></div><ol id="pins"></ol>'
    '<p class="notebook-empty">Nothing is pinned yet. Press “Pin” beside a quotation of an answer, or click '
    "a sentence of the essay and pin that.</p></section>"
)


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
