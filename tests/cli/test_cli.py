"""The command: results on stdout, messages on stderr, exit codes, and the JSON that programs parse.

``test_cli_sets.py`` has ``ask --batch`` and ``evaluate``, ``test_cli_serve.py`` has ``serve``, and
``test_cli_process.py`` what needs a process of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Command, Opened, file_digests
from fake_models import FakeEncoder

from assistant import __version__
from assistant.cli import cli

UNRELATED = "Does photosynthesis in chloroplasts need magnesium?"
_TWO_PAGES = "What did Locke say of epistles chopped and minced by printed divisions?"
_EVERY = sorted(cli.commands)


def test_version_and_help(command: Command) -> None:
    assert command("--version") == 0
    assert command.out == f"assistant, version {__version__}\n"
    assert command("--help") == 0
    assert all(f"\n  {name} " in command.out for name in _EVERY)
    assert command() == 2
    assert command.out == ""


# They take the folder of a library as an argument, or need none.
_WITHOUT_LIBRARY = {"cluster", "completion"}


@pytest.mark.parametrize("name", _EVERY)
def test_help_of_every_command_documents_every_option(command: Command, name: str) -> None:
    assert command(name, "--help") == 0
    assert command.err == ""
    text = re.sub(r"\s+", " ", command.out)
    assert " ".join(str(cli.commands[name].help).split()) in text
    for parameter in cli.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert re.sub(r"\s+", " ", parameter.help) in text
            assert all(option in text for option in (*parameter.opts, *parameter.secondary_opts))
    if name not in _WITHOUT_LIBRARY:
        assert {"--json", "--library"} <= {
            one for parameter in cli.commands[name].params for one in parameter.opts
        }


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["nonsense"],
        *([name, "--nonsense"] for name in _EVERY),
        ["ask", "words", "more words"],
    ],
)
def test_unknown_option_or_command(command: Command, words: list[str]) -> None:
    assert command(*words) == 2
    assert command.out == ""
    assert "Error: " in command.err


def test_answer_object_is_that_of_the_contract(command: Command) -> None:
    assert command("ask", _TWO_PAGES, "--json") == 0
    answer = command.json()
    assert (answer["question"], answer["answered"]) == (_TWO_PAGES, True)
    assert 0 <= answer["confidence"] <= 1
    assert len(answer["passages"]) == 3
    for one in answer["passages"]:
        kinds = {name: type(value) for name, value in one.items()}
        assert kinds.items() >= {
            "id": str, "essay": str, "kind": str, "section": str, "text": str, "pages": str,
            "score": float, "source": dict, "highlights": list, "citation": str, "reference": str,
        }.items()  # fmt: skip
        assert one["id"].startswith(f"{one['essay']}/")
        assert one["citation"] == f"(Essay Assistant Authors {one['pages']})"
        assert one["highlights"]
        for part in one["highlights"]:
            assert set(part) >= {"start", "end", "text", "pages", "citation"}
            assert part["text"] == one["text"][part["start"] : part["end"]]
            assert part["citation"] == f"(Essay Assistant Authors {part['pages']})"
    first = answer["passages"][0]
    assert (first["id"], first["pages"]) == ("sample/p11", "13-14")
    assert first["section"] == "Dividing the Text"
    source = SAMPLE.read_bytes().decode()[first["source"]["start"] : first["source"]["end"]]
    assert source.startswith(first["text"][:40])
    assert source.endswith(first["text"][-5:])


def test_answer_as_text_has_en_dashes_and_every_word(command: Command) -> None:
    assert command("ask", _TWO_PAGES, "--top", "1") == 0
    assert "(Essay Assistant Authors 13–14)" in command.out
    assert "13-14" not in command.out
    assert command.err == ""
    text = Opened(Path("shelf")).library.ask(_TWO_PAGES).hits[0].passage.text
    assert text in " ".join(re.sub("[⟦⟧]", "", command.out).split())


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_not_answered_is_exit_code_1_and_shows_the_nearest(command: Command, extra: list[str]) -> None:
    assert command("ask", UNRELATED, *extra) == 1
    assert command.err == ""
    if extra:
        assert command.json()["answered"] is False
        assert len(command.json()["passages"]) == 3
    else:
        assert "does not seem to answer" in command.out


def test_question_from_standard_input(command: Command) -> None:
    assert command("ask", "-", "--json", stdin=f"{QUESTION}\n") == 0
    assert command.json()["passages"][0]["id"] == FOUND
    assert command("ask", "-", stdin=" \n") == 2
    assert "question is empty" in command.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ask"], "either one question or --batch"),
        (["ask", QUESTION, "--batch", "file"], "either one question or --batch"),
        (["ask", ""], "question is empty"),
        (["ask", QUESTION, "--top", "0"], "0 passages cannot be shown"),
        (["ask", QUESTION, "--style", "oxford"], "'oxford' is not a citation style"),
        (["ask", QUESTION, "--essay", "nobody"], "no essay 'nobody'"),
        (["show", "nobody"], "no essay 'nobody'"),
        (["show", "sample/p99"], "no passage 'p99'"),
        (["remove", "nobody"], "no essay 'nobody'"),
        (["cite", "sample", "--page", "99"], "no page '99'"),
        (["cite", "sample", "--page", "14-13"], "runs backwards"),
        (["add", "missing.txt"], "missing.txt does not exist"),
        (["add", str(SAMPLE), str(SECOND), "--id", "one"], "one by one"),
    ],
)  # fmt: skip
def test_users_mistake_is_one_sentence_on_stderr(command: Command, words: list[str], message: str) -> None:
    before = file_digests(Path("shelf"))
    assert command(*words) == 2
    assert command.out == ""
    assert command.err.startswith("assistant: ")
    assert command.err.count("\n") == 1
    assert message in command.err
    assert file_digests(Path("shelf")) == before


def test_add_prints_its_report(command: Command) -> None:
    assert command("add", SECOND) == 0
    assert command.err == ""
    assert command.out.startswith("running-heads: Ten Minutes Behind London\n")
    assert command.out.endswith("\n")
    assert command("add", SAMPLE, "--first-page", "844", "--id", "mine", "--json") == 0
    report = command.json()
    assert (report["essay_id"], report["first_page"], report["unaccounted"]) == ("mine", "844", 0)


def test_one_bad_file_does_not_keep_the_others_out(command: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00\x01")
    assert command("add", bad, SECOND, "missing.txt", "--json") == 2
    assert command.json()["essay_id"] == "running-heads"
    assert [line.split(": ")[0] for line in command.err.splitlines()] == ["assistant", "assistant"]
    assert command("list", "--json") == 0
    assert [one["id"] for one in command.json()] == ["running-heads", "sample"]


def test_list(command: Command) -> None:
    assert command("list") == 0
    assert command.out.startswith("sample  pp. 11–22  41 passages  Where the Words Stand")
    assert command("list", "--json") == 0
    (one,) = command.json()
    assert (one["id"], one["pages"], one["passages"]) == ("sample", ["11", "22"], 41)


def test_list_of_an_empty_library(command: Command, tmp_path: Path) -> None:
    assert command("list", "--library", tmp_path / "new") == 0
    assert command.out == ""
    assert "assistant add FILE" in command.err
    assert command("list", "--library", tmp_path / "new", "--json") == 0
    assert (command.json(), command.err) == ([], "")
    assert not (tmp_path / "new").exists()


def test_show_essay_passage_and_source(command: Command) -> None:
    assert command("show", "sample", "--source") == 0
    assert command.out == SAMPLE.read_bytes().decode()
    assert command("show", "sample", "--source", "--json") == 0
    assert command.json() == {"id": "sample", "source": SAMPLE.read_bytes().decode()}
    assert command("show", "sample/p08") == 0
    assert "[p. 13]" in command.out
    assert command("show", "sample/p08", "--json") == 0
    one = command.json()
    assert (one["id"], one["kind"]) == ("sample/p08", "paragraph")
    assert [page["label"] for page in one["pages"]] == ["12", "13"]
    assert command("show", "sample") == 0
    assert all(f"sample/p{number:02d} · " in command.out for number in range(1, 33))
    assert command("show", "sample", "--json") == 0
    assert len(command.json()["passages"]) == len(Opened(Path("shelf")).library.essay("sample").passages)


def test_cite(command: Command) -> None:
    assert command("cite", "sample", "--page", "13–14") == 0
    in_text, reference = command.out.splitlines()
    assert in_text == "(Essay Assistant Authors 13–14)"
    assert command("cite", "sample", "--page", "13-14", "--json") == 0
    assert command.json() == {
        "id": "sample",
        "style": "mla",
        "citation": "(Essay Assistant Authors 13-14)",
        "reference": reference,
    }


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("mla", "(Essay Assistant Authors 13–14)"),
        ("chicago", "(Essay Assistant Authors 2026, 13–14)"),
        ("apa", "(Essay Assistant Authors, 2026, pp. 13–14)"),
        ("harvard", "(Essay Assistant Authors, 2026, pp. 13–14)"),
        ("ieee", "[1, pp. 13–14]"),
    ],
)
def test_cite_in_a_style(command: Command, style: str, wanted: str) -> None:
    assert command("cite", "sample", "--page", "13-14", "--style", style) == 0
    in_text, reference = command.out.splitlines()
    assert in_text == wanted
    assert "Where the Words Stand: A Short History of Pointing at a Page" in reference


def test_cite_in_a_style_of_notes(command: Command) -> None:
    assert command("cite", "sample", "--page", "13-14", "--style", "chicago-notes") == 0
    full, short, reference = command.out.splitlines()
    assert full.startswith("The Essay Assistant Authors, ")
    assert short.startswith("Essay Assistant Authors, ")
    assert reference.startswith("Essay Assistant Authors. ")
    assert command("cite", "sample", "--page", "13-14", "--style", "chicago-notes", "--json") == 0
    assert command.json()["again"] == short.replace("13–14", "13-14")


def test_cite_in_a_format(command: Command) -> None:
    assert command("cite", "sample", "--format", "markdown") == 0
    assert command.out.splitlines()[0] == "(Essay Assistant Authors)"
    assert command("cite", "sample", "--format", "html", "--style", "apa") == 0
    assert "<i>" in command.out
    for form, start in (("bibtex", "@"), ("ris", "TY  - "), ("csl-json", "[")):
        assert command("cite", "sample", "--format", form) == 0
        assert command.out.startswith(start)
        record = command.out
        assert command("cite", "sample", "--format", form, "--json") == 0
        assert command.json() == {"id": "sample", "format": form, "record": record}


def test_remove(command: Command) -> None:
    assert command("remove", "sample", "--json") == 0
    assert command.json() == {"removed": "sample"}
    assert command("ask", QUESTION) == 2
    assert command("add", SAMPLE) == 0
    assert command("remove", "sample") == 0
    assert command.out == ""
    assert "assistant restore sample" in command.err


@pytest.mark.parametrize(
    "words", [["ask", QUESTION], ["list"], ["show", "sample"], ["cite", "sample"], ["remove", "sample"]]
)
def test_library_option_stands_before_environment_and_current_folder(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "here" / "data" / "chunks").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(tmp_path / "nowhere"))
    assert command(*words, "--library", tmp_path / "shelf", "--json") == 0
    assert "sample" in command.out
    assert not (tmp_path / "nowhere").exists()


def test_library_is_that_of_environment_then_current_folder_then_user(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path / "shelf")
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(tmp_path / "nowhere"))
    assert (command("list"), command.out) == (0, "")
    monkeypatch.setenv("ASSISTANT_LIBRARY", "")
    assert (command("list"), command.out[:6]) == (0, "sample")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_names, **_options: str(tmp_path / "own"))
    assert (command("list"), command.out) == (0, "")
    assert str(tmp_path / "own") in command.err


def test_library_that_is_a_file(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("words")
    assert command("add", SAMPLE, "--library", path) == 2
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(path))
    assert command("add", SAMPLE) == 2
    assert str(path) in command.err


def test_interrupted_is_exit_code_130(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    before = file_digests(Path("shelf"))
    monkeypatch.setattr(FakeEncoder, "encode", interrupted)
    words: list[tuple[str, ...]] = [("add", str(SECOND)), ("ask", QUESTION)]
    for one in words:
        assert command(*one) == 130
        assert command.out == ""
        assert "interrupted" in command.err
    assert file_digests(Path("shelf")) == before
