"""``assistant quote``: verdicts as text and as JSON, exit codes, batches, and what cannot be checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from essay_library import ROOT, Command, sample_library

from assistant.library.library import Library

EXACT = "A finger was all that Augustine had."
ALTERED = "A finger was al that Augustine had."
ABSENT = "Photosynthesis in chloroplasts needs magnesium and light."


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(sample_library(tmp_path / "library"))
    return Command(monkeypatch, capsys)


def test_an_exact_quotation_is_cited(command: Command) -> None:
    assert command("quote", f'"{EXACT}"', "--json") == 0
    assert command.json() == {
        "text": f'"{EXACT}"',
        "verdict": "exact",
        "matches": [
            {
                "passage": "sample/p02",
                "passages": ["sample/p02"],
                "essay": "sample",
                "start": 0,
                "end": 36,
                "text": EXACT,
                "pages": "11",
                "source": {"start": 879, "end": 915},
                "citation": "(Essay Assistant Authors 11)",
                "diff": [{"op": "equal", "quoted": EXACT, "printed": EXACT}],
                "edits": [],
                "quoted": None,
            }
        ],
        "places": 1,
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("text", "verdict", "author", "page", "work"),
    [
        ("not for memory, but for reminding", 0, "Plato", "19", "Phaedrus 275a"),
        ("not for memory, but for remidning", 1, "Plato", "19", "Phaedrus 275a"),
        (
            "chopped and minced",
            0,
            "Locke",
            "13",
            '"An Essay for the Understanding of St. Paul\'s Epistles"',
        ),
    ],
)
def test_words_at_second_hand_are_cited_so(
    text: str, verdict: int, author: str, page: str, work: str, command: Command
) -> None:
    assert command("quote", text, "--json") == verdict
    match = command.json()["matches"][0]
    assert match["citation"] == f"({author}, qtd. in Essay Assistant Authors {page})"
    assert match["quoted"] == {"author": author, "citation": f"({author}, {work})"}
    command("quote", text)
    assert f"Cite: ({author}, qtd. in Essay Assistant Authors {page})" in command.out


def test_an_altered_quotation_shows_what_is_printed(command: Command) -> None:
    assert command("quote", ALTERED, "--json") == 1
    result = command.json()
    assert result["verdict"] == "altered"
    assert result["matches"][0]["text"] == EXACT
    assert result["matches"][0]["diff"] == [
        {"op": "equal", "quoted": "A finger was", "printed": "A finger was"},
        {"op": "replace", "quoted": "al", "printed": "all"},
        {"op": "equal", "quoted": "that Augustine had.", "printed": "that Augustine had."},
    ]
    assert command("quote", ALTERED) == 1
    assert "Quoted:  A finger was ⟦al⟧ that Augustine had." in command.out
    assert "Printed: A finger was ⟦all⟧ that Augustine had." in command.out
    assert "Cite: (Essay Assistant Authors 11)" in command.out


def test_an_absent_quotation_is_said_to_be(command: Command) -> None:
    assert command("quote", ABSENT, "--json") == 1
    expected = {"text": ABSENT, "verdict": "absent", "matches": [], "places": 0, "warnings": []}
    assert command.json() == expected
    assert command("quote", ABSENT) == 1
    assert command.out == "Absent: neither these words nor words near them are printed here.\n"


def test_marks_of_the_writer_are_named(command: Command) -> None:
    assert command("quote", "[a] finger . . . that Augustine had,", "--json") == 0
    assert command.json()["matches"][0]["edits"] == [
        {"kind": "capital", "quoted": "[a]", "printed": "A"},
        {"kind": "ellipsis", "quoted": ". . .", "printed": "was all"},
        {"kind": "final punctuation", "quoted": ",", "printed": "."},
    ]
    assert command("quote", "[a] finger . . . that Augustine had") == 0
    assert "capital [a] for “A”; ellipsis . . . for “was all”." in " ".join(command.out.split())


def test_pages_have_a_hyphen_for_programs_and_a_dash_for_readers(command: Command) -> None:
    passage = next(one for one in Library(Path()).essay("sample").passages if len(one.pages) > 1)
    at = passage.pages[1].start
    crossing = passage.text[passage.text.rfind(" ", 0, at - 20) + 1 : passage.text.find(" ", at + 20)]
    assert command("quote", crossing, "--json") == 0
    assert command.json()["matches"][0]["citation"] == "(Essay Assistant Authors 12-13)"
    assert command("quote", crossing) == 0
    assert "(Essay Assistant Authors 12–13)" in command.out


def test_the_quotation_is_read_from_standard_input(command: Command) -> None:
    assert command("quote", "-", stdin=f"{EXACT}\n") == 0
    assert command.out.startswith("Exact:")


def test_a_batch_is_judged_in_order_with_its_ids(command: Command) -> None:
    lines = [{"id": 2, "text": ALTERED}, {"id": "b", "text": EXACT}, {"id": 7, "text": "..."}]
    Path("batch.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert command("quote", "--batch", "batch.jsonl") == 0
    result = [json.loads(line) for line in command.out.splitlines()]
    assert [(one["id"], one["verdict"]) for one in result] == [(2, "altered"), ("b", "exact"), (7, "absent")]
    assert result[2]["note"] == "The quotation has no words of print in it; give the words as quoted."


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"id": 1}', "[]", "no json", '{"text": "a"}', '{"id": 1, "text": 3}']
)
def test_a_faulty_line_of_a_batch_is_named(command: Command, line: str) -> None:
    Path("batch.jsonl").write_text(f'{{"id": 1, "text": "a"}}\n{line}\n', "utf-8")
    assert command("quote", "--batch", "batch.jsonl") == 2
    assert command.out == ""
    assert "batch.jsonl, line 2, is not" in command.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["..."], "The quotation has no words of print in it"),
        (["x" * 20_001], "The quotation has 20,001 characters and at most 20,000"),
        ([], "Give either one quotation or --batch FILE."),
        ([EXACT, "--essay", "nope"], "has no essay 'nope'"),
        ([EXACT, "--style", "nope"], "'nope'"),
    ],
)
def test_what_cannot_be_checked_is_the_users_to_mend(
    command: Command, words: list[str], message: str
) -> None:
    assert command("quote", *words) == 2
    assert message in command.err
    assert len(command.err.splitlines()) == 1


def test_an_empty_library_says_how_to_fill_it(command: Command, tmp_path: Path) -> None:
    assert command("quote", EXACT, "--library", tmp_path / "empty") == 2
    assert "holds no essay yet" in command.err


def test_no_character_steers_the_terminal(command: Command) -> None:
    command("quote", "A finger was \x1b[31mall that\x07 Augustine \u202ehad.")
    assert not {"\x1b", "\x07", "\u202e"} & set(command.out)


def test_quoting_loads_no_model_and_no_index(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['assistant', 'quote', sys.argv[1]]\n"
        "import atexit; atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n"
        "from assistant.cli import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, EXACT],
        capture_output=True,
        text=True,
        cwd=sample_library(tmp_path / "library"),
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    loaded = set(result.stderr.split())
    assert not loaded & {"torch", "transformers", "onnxruntime", "tokenizers", "faiss", "gradio", "scipy"}
    assert result.stdout.startswith("Exact:")
