"""The house: what each room may import, and what starting the program must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "assistant"
FILES = sorted(path for path in HOUSE.rglob("*.py") if "__pycache__" not in path.parts)
NAMES = [path.relative_to(HOUSE).as_posix() for path in FILES]

SIBLINGS = ("reading", "chunking", "retrieval", "citing", "quoting", "drafts")
FLOOR_2 = (*SIBLINGS, "rendering")
# On the third floor the facade stands on asking and checking, and both of these on keeping.
BELOW = {
    "keeping": set[str](),
    "asking": {"keeping"},
    "checking": {"keeping"},
    "citations": {"keeping"},
    "library": {"keeping", "asking", "checking", "citations"},
}
ABOVE = {*BELOW, "cli", "commands", "web", "programs", "evaluation"}
# The rooms above the facade; each knows it, the nouns below, and itself.
GUESTS = {
    "web": {*"programs library rendering answers notebook rich verdicts faults records types errors".split()},
    "programs": {"rendering", "answers", "verdicts", "faults", "types", "errors"},
    "evaluation": {"library", "asking", "keeping", "retrieval", "types", "errors"},
}
# Who alone may speak to a library that is slow to load or may be replaced.
SPEAKERS: dict[str, str | tuple[str, ...]] = {
    "sentence_transformers": "retrieval/sentence_",
    "transformers": "retrieval/sentence_",
    "torch": "retrieval/sentence_",
    "onnxruntime": "retrieval/onnx_runtime.py",
    "tokenizers": "retrieval/onnx_runtime.py",
    "onnx": "retrieval/minilm_graph.py",
    "faiss": "retrieval/dense.py",
    "Stemmer": "retrieval/lexical.py",
    "gradio": "web/",
    "mcp": "programs/mcp_",
    "mcp_types": "programs/mcp_",
    "ir_measures": "evaluation/",
    "sklearn": "evaluation/",
    "matplotlib": "evaluation/plots.py",
    "citeproc": "citing/csl.py",
    "bibtexparser": "citing/bibtex.py",
    "rispy": "citing/ris.py",
    "docx": ("drafts/", "rendering/notebook_word.py"),
    "markdown_it": "drafts/",
}


@cache
def imports(name: str) -> frozenset[str]:
    """Everything that a file imports, inside functions too, by full name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((HOUSE / name).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found - {f"__future__.{feature}" for feature in ("annotations",)})


def rooms(name: str) -> set[str]:
    """The rooms of the house that a file imports from: folders, or files beside them."""
    parts = [one.split(".") for one in imports(name)]
    return {one[1] for one in parts if one[0] == "assistant" and one[1] != "__version__"}


def own_room(name: str) -> str:
    return name.split("/", maxsplit=1)[0].removesuffix(".py")


def test_the_files_are_found() -> None:
    assert len(FILES) > 30
    assert {*SIBLINGS, *GUESTS, "types", "errors", "library"} <= {own_room(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_no_file_is_long(name: str) -> None:
    assert len((HOUSE / name).read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("name", [name for name in NAMES if own_room(name) in SIBLINGS])
def test_siblings_do_not_import_each_other(name: str) -> None:
    assert rooms(name) & (set(SIBLINGS) - {own_room(name)}) == set()


@pytest.mark.parametrize("name", [name for name in NAMES if own_room(name) in FLOOR_2])
def test_the_second_floor_imports_nothing_from_above(name: str) -> None:
    assert rooms(name) & ABOVE == set()


@pytest.mark.parametrize("name", [name for name in NAMES if own_room(name) in BELOW])
def test_the_third_floor_is_a_staircase(name: str) -> None:
    room = own_room(name)
    assert rooms(name) & ABOVE <= BELOW[room] | {room}


def test_the_renderer_knows_the_nouns_alone() -> None:
    files = [name for name in NAMES if own_room(name) == "rendering"]
    nouns = {"answers", "types", "verdicts", "faults", "notebook", "rich"}
    assert {room for name in files for room in rooms(name)} <= {*nouns, "rendering"}


@pytest.mark.parametrize("name", ["types.py", "errors.py", "lines.py", "rich.py"])
def test_the_first_floor_imports_nothing_of_ours(name: str) -> None:
    assert rooms(name) == set()
    assert {one.split(".")[0] for one in imports(name)} <= sys.stdlib_module_names


@pytest.mark.parametrize("name", [name for name in NAMES if own_room(name) in GUESTS])
def test_the_upper_rooms_speak_to_the_facade(name: str) -> None:
    room = own_room(name)
    assert rooms(name) <= GUESTS[room] | {room}


def test_nothing_imports_the_commands() -> None:
    assert [name for name in NAMES if "cli" in rooms(name) and name != "__main__.py"] == []
    above = {name for name in NAMES if "commands" in rooms(name)}
    assert {name for name in above if own_room(name) not in {"commands", "cli"}} == set()


@pytest.mark.parametrize("module", SPEAKERS)
def test_each_library_has_one_speaker(module: str) -> None:
    speakers = [name for name in NAMES if module in {one.split(".")[0] for one in imports(name)}]
    assert speakers, f"nobody imports {module}"
    assert [name for name in speakers if not name.startswith(SPEAKERS[module])] == []


def test_the_program_makes_no_graphs() -> None:
    # onnx is needed to develop, not to run.
    makers = [name for name in NAMES if "assistant.retrieval.minilm_graph" in " ".join(imports(name))]
    assert makers == []


@pytest.mark.parametrize(
    ("module", "unloaded"),
    [
        ("assistant.cli", {"torch", "transformers", "gradio", "faiss", "numpy", "sklearn"}),
        (
            "assistant.library",
            set("torch transformers sentence_transformers gradio sklearn faiss scipy".split()),
        ),
        ("assistant.programs.mcp_server", {"torch", "transformers", "gradio", "faiss", "numpy", "sklearn"}),
        ("assistant.web.app", {"mcp", "mcp_types", "torch", "transformers", "faiss", "sklearn"}),
        ("assistant.rendering.answers", {"numpy", "torch", "gradio"}),
        ("assistant.types", {"numpy", "click", "assistant.errors"}),
    ],
)
def test_what_starting_must_not_load(module: str, unloaded: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted(sys.modules))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert set(made.stdout.split()) & unloaded == set()
