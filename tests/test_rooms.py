"""The house: which room may import which, what has one name, and what starting the program must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "assistant"
FILES = {
    path.relative_to(HOUSE).as_posix(): path
    for path in sorted(HOUSE.rglob("*.py"))
    if "__pycache__" not in path.parts
}
# A room is a folder; these folders within a room are rooms of their own.
INNER_ROOMS = ("web/views", "retrieval/index", "retrieval/models", "citations/styles")

# Which rooms each room imports. An import that is not listed fails, and so does an entry that nothing needs.
IMPORTS: dict[str, set[str]] = {
    "cli": {"api", "cluster", "core", "editor", "evaluation", "library", "rendering", "web"},
    "evaluation": {"core", "library", "rendering", "retrieval", "retrieval/index", "retrieval/models"},
    "web": {"api", "core", "library", "rendering", "web/views"},
    "web/views": {"core", "rendering"},
    "api": {"core", "library", "rendering"},
    "cluster": {
        "core",
        "documents",
        "library",
        "quotations",
        "retrieval",
        "retrieval/index",
        "retrieval/models",
    },
    "editor": {"core", "documents", "drafts", "library", "rendering"},
    "library": {
        *"answering attribution book_index chunking citations citations/styles core documents drafts".split(),
        *"quotations retrieval retrieval/index retrieval/models".split(),
    },
    "answering": {
        *"attribution chunking citations citations/styles core retrieval retrieval/models".split(),
    },
    "drafts": {"attribution", "citations", "citations/styles", "core", "documents", "quotations"},
    "book_index": {"attribution", "citations", "core", "quotations"},
    "retrieval": {"core", "retrieval/index", "retrieval/models"},
    "retrieval/index": {"core", "retrieval/models"},
    "retrieval/models": {"core"},
    "citations": {"core"},
    "citations/styles": {"citations", "core"},
    "attribution": {"core"},
    "quotations": {"core"},
    "rendering": {"core"},
    "chunking": {"core"},
    "documents": {"core"},
    "core": set(),
}
# One file of these is core/disk.py: essays and index both wait until what they write is on disk. Seven read
# the pages of plain text: numbering, furniture, stamps, page marks, margins, note marks, feet. Nine read its
# words: lines, matter around them, columns, spacing, headings, contents, references, notes and quotations.
# Fourteen read PDFs: glyphs, lines, furniture, text, scans, process, settings; places, frames, setting,
# blocks, notes, figures, front matter. Four show their pages as printed: boxes around words, images, their
# process, the pages of an essay. Three look places up and tell why nothing answers: places, absence,
# languages. Two are of the library: originals.py stores what was read of a PDF, isolated.py reads uploads
# apart. delivery.py sends the page's frame before its scripts; two introduce an essay that was not asked
# anything yet. Four judge the sense of quotations: what is pasted along with them, what their marks do,
# clauses, words that deny, count and name. paraphrases.py hints.
# Four read records as programs export them: dates, LaTeX, the fields of BibTeX, EndNote's XML.
# Four are of drafts as they are written: notes numbered by hand, keys, bibliographies and the words of
# citations.
# Thirteen are of reference managers: Zotero's database, its folders and records, files of exports, what these
# have in common; items found and added, links back, outcomes, their words and HTML, the command, the part of
# the page.
# Five are of quick look-up: handing a command to the warm process, that process, the choice of a passage
# while typing, completion in the shell, the clipboard.
# Two look up the ideas of a paragraph: answering/ideas.py divides it, retrieval/ideas.py orders what was
# found for them.
# Three read follow-ups: names, follow_ups, conversations. Two more rank questions: everyday wordings,
# passages that discuss a quoted word.
# Four read essays in markup formats: what a file declares (core), the essay made of it, its division, and the
# paragraphs that are cited where there are no pages. Seven more know what Word, OpenDocument and RTF say of
# paragraphs: looks, page_breaks, word_styles, word_pages, odt_styles, rtf, rtf_words.
# searching.py is what a finder needs of an index, or of many.
# Sixteen make the index of essays: nouns, capitals, lexicon, mentions, persons, titles, works, quoted, terms,
# sources that essays share, making, joining, its room, the facade's part, a snapshot's indexes, rendering.
# Three say what may be one or many: searching.py what a finder needs of an index, backend.py and folder.py
# what a library needs of the place of its essays.
# Fifteen are of many essays: labels and filters (core/selection.py); what the user stated, records, which
# essay a file is, the same essay in two files, the files of folders, adding many, what commands write, the
# command; the holdings of a library apart from what is asked of it, essays that a filter means, passages that
# it means, passages by id, the requests of the calls. Three more: a folder that is watched, the command for
# it, dictionaries of bounded size.
# Ten read pages of the web and books: tree, styles, the essay on the page, notes, pages, record, kinds of
# block, words; HTML and EPUB. Three read essays in Markdown and LaTeX: front matter, and one for each.
# Thirteen show what essays have before they are asked: outlines with what is announced (five), related
# passages (three), hits for all who make them, the JSON and text of both, their commands, and what the API
# returns of them, apart from what its other calls return. Two show all of it on the page.
# Fifteen are of libraries in shards: the room cluster, its commands, and what a shard is on a cluster of Ray.
# Two more are of building them: changes of a folder apart from the writer, files prepared on nodes.
# cluster/related.py compares passages of shards.
# Three serve the page of a cluster: its replicas, which of them gets a request, and what keeps a session.
# Two are how a program stays connected to such a cluster, and the replicas of shards.
# Five more of the index: whose words, its page, its command, its comparison with one made by hand, and the
# titles of plain text.
# Two read drafts in Typst and Org.
# citations/language_marks.py has the quotation marks of languages, for word processors.
# Twelve are the language server (editor/). Four are what it needs below: drafts checked again
# and again, all citations of a draft, printed sentences that begin with words, library/writing.py.
# Two are of shards: the same centres for all, and copies on the disk of a node.
# web/word.py serves the add-in for Word.
# Three look up quotations where the essays are: cluster/quotations.py in shards, matches.py what is found in
# each essay, essays.py the essays from which a draft may quote.
# cluster/served_library.py is what programs without the folder find a library by, apart from its shards.
# library/models.py and retrieval/index/manifest.py are what can be read of an index without numpy.
# cluster/leftovers.py deletes what a move of essays between shards has left, for the manifest and for moves.
# cluster/sent.py has what goes between a program that asks and the shards, which both sides import.
MOST_FLOORS, MOST_ARROWS, MOST_FILES, LONGEST_FILE = 7, 70, 355, 500

# The only files that may import a library that is slow to load or may be replaced.
SPEAKERS: dict[str, str | tuple[str, ...]] = {
    "sentence_transformers": "retrieval/models/sentence_transformers.py",
    "transformers": "retrieval/models/sentence_transformers.py",
    "torch": "retrieval/models/sentence_transformers.py",
    "onnxruntime": "retrieval/models/onnx.py",
    "tokenizers": "retrieval/models/onnx.py",
    "faiss": "retrieval/index/vectors.py",
    "Stemmer": ("retrieval/index/bm25.py", "book_index/terms.py"),
    "gradio": "web/",
    "pydantic": (
        "api/schema.py",
        "api/requests.py",
        "api/responses.py",
        "api/glance_responses.py",
    ),
    "jinja2": "rendering/templating.py",
    "pygls": "editor/",
    "lsprotocol": "editor/",
    "mcp": "api/mcp.py",
    "mcp_types": "api/mcp.py",
    "ir_measures": "evaluation/",
    "sklearn": "evaluation/",
    "matplotlib": "evaluation/plots.py",
    "citeproc": "citations/styles/csl.py",
    "bibtexparser": "citations/bibtex.py",
    "pylatexenc": "citations/bibtex_fields.py",
    "docx": ("documents/word.py", "rendering/notebook.py"),
    "markdown_it": "documents/markdown.py",
    "prompt_toolkit": "cli/pick.py",
    "pyperclip": "cli/clipboard.py",
    "ray": (
        "cluster/ray_connection.py",
        "cluster/ray_fleet.py",
        "cluster/page_router.py",
        "cli/cluster_page.py",
    ),
    "watchfiles": "library/watching.py",
}


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text("utf-8"))


@cache
def imports(name: str) -> frozenset[str]:
    """Everything that a file imports, inside functions too, by full name."""
    found: set[str] = set()
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def room_of(name: str) -> str:
    """The room of a file, by its path below ``assistant/``; empty for the package's own two files."""
    inner = next((room for room in INNER_ROOMS if name.startswith(f"{room}/")), None)
    return inner or name.rpartition("/")[0].split("/")[0]


@cache
def files_by_module() -> dict[str, str]:
    return {
        ("assistant/" + name).removesuffix(".py").removesuffix("/__init__").replace("/", "."): name
        for name in FILES
    }


def imported_files(name: str) -> set[str]:
    """The files of the house that a file imports."""
    modules = files_by_module()
    return {
        modules.get(full) or modules[full.rpartition(".")[0]]
        for full in imports(name)
        if full.startswith("assistant.") and full != "assistant.__version__"
    }


@cache
def arrows() -> dict[str, set[str]]:
    """The rooms that each room imports."""
    made: dict[str, set[str]] = defaultdict(set)
    for name in FILES:
        if room_of(name):
            made[room_of(name)] |= {room_of(other) for other in imported_files(name)} - {room_of(name)}
    return made


def test_every_room_imports_what_the_plan_lists() -> None:
    assert dict(arrows()) == IMPORTS


def whole_rooms() -> dict[str, set[str]]:
    """What each folder below ``assistant/`` imports, its inner rooms counted as part of it."""
    made: dict[str, set[str]] = defaultdict(set)
    for room, below in IMPORTS.items():
        whole = room.split("/")[0]
        made[whole] |= {other.split("/")[0] for other in below} - {whole}
    return made


def floors(rooms: dict[str, set[str]]) -> dict[str, int]:
    """The floor of each room: one above the highest of the rooms that it imports."""
    made: dict[str, int] = {}
    while len(made) < len(rooms):
        ready = [room for room in rooms if room not in made and rooms[room] <= made.keys()]
        assert ready, f"a circle among {sorted(rooms.keys() - made.keys())}"
        made |= {room: 1 + max((made[below] for below in rooms[room]), default=0) for room in ready}
    return made


def test_no_two_rooms_import_each_other_by_any_way_round() -> None:
    assert floors(IMPORTS)["cli"] == max(floors(IMPORTS).values())
    assert max(floors(whole_rooms()).values()) <= MOST_FLOORS


def test_no_two_files_import_each_other_by_any_way_round() -> None:
    left = {name: imported_files(name) - {name} for name in FILES}
    while left:
        ready = {name for name, others in left.items() if not others & left.keys()}
        assert ready, f"a circle among {sorted(left)}"
        left = {name: others for name, others in left.items() if name not in ready}


def test_the_house_stays_small() -> None:
    assert len(FILES) <= MOST_FILES
    assert len(IMPORTS) <= 22
    assert sum(map(len, whole_rooms().values())) <= MOST_ARROWS


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_long(name: str) -> None:
    assert len(FILES[name].read_text("utf-8").splitlines()) <= LONGEST_FILE


def types_defined(name: str) -> set[str]:
    """The public classes of a file, and what it gives the name of a class: ``Span = tuple[int, int]``."""
    types = {node.name for node in parsed(name).body if isinstance(node, ast.ClassDef)}
    for node in parsed(name).body:
        if isinstance(node, ast.Assign):
            types |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {noun for noun in types if not noun.startswith("_") and not noun.isupper()}


def test_one_noun_has_one_type() -> None:
    places = defaultdict(list)
    for name in FILES:
        for noun in types_defined(name):
            places[noun].append(name)
    assert {noun: files for noun, files in places.items() if len(files) > 1} == {}


def test_the_first_floor_needs_nothing_but_python() -> None:
    outside = {full.split(".")[0] for name in FILES if room_of(name) == "core" for full in imports(name)}
    assert outside - sys.stdlib_module_names <= {"assistant"}


@pytest.mark.parametrize("module", SPEAKERS)
def test_each_library_has_one_speaker(module: str) -> None:
    speakers = [name for name in FILES if module in {full.split(".")[0] for full in imports(name)}]
    assert speakers, f"nobody imports {module}"
    assert [name for name in speakers if not name.startswith(SPEAKERS[module])] == []


@pytest.mark.parametrize("name", FILES)
def test_the_program_makes_no_graphs(name: str) -> None:
    # onnx is needed to develop, not to run.
    assert not {"onnx", "minilm_graph"} & {full.split(".")[0] for full in imports(name)}


HEAVY = set("torch transformers sentence_transformers gradio sklearn faiss scipy pydantic jinja2".split())


@pytest.mark.parametrize(
    ("module", "unloaded"),
    [
        ("assistant.cli", HEAVY | {"numpy"}),
        ("assistant.library.library", HEAVY | {"numpy"}),
        ("assistant.api.mcp", HEAVY - {"pydantic"} | {"numpy"}),
        ("assistant.web.app", {"mcp", "mcp_types", "torch", "transformers", "faiss", "sklearn"}),
        ("assistant.rendering.answers", HEAVY | {"numpy"}),
        ("assistant.core.essay", {"numpy", "click", "assistant.core.errors"}),
    ],
)
def test_what_starting_must_not_load(module: str, unloaded: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert set(run.stdout.split()) & unloaded == set()
