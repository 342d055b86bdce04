"""Mutated files and texts, and the commands that are given them.

Each kind of input is made from a seed and the number of the input, so that every one can be made again.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import docx
import numpy as np
import sandbox
from essay_library import ROOT, SAMPLE, loader, sample_library
from fake_models import DIMENSION, FakeEncoder, word_vector
from generated_drafts import a_draft
from mutations import json_bytes, mutate_archive, mutate_json, mutate_text
from typesetter import Setting, print_essay

from assistant import cli
from assistant.citations.references import EXPORTS, load_references
from assistant.library.adding import read_essay
from assistant.retrieval.models.encoder import Encoded, unit

_NAME = "Essay Assistant Authors"
_ENDINGS = {"record-json": ".json", "record-bib": ".bib", "record-ris": ".ris"}
_STYLES = ("mla", "chicago", "chicago-notes", "apa", "harvard", "ieee")
_RECORD = {
    "id": "marsh-1931",
    "type": "article-journal",
    "title": "Letters from a <i>Small</i> Harbour: “On Tides”",
    "author": [
        {"family": "Marsh", "given": "Ada"},
        {"family": "de la Cruz", "given": "José"},
        {"literal": "The Club"},
    ],
    "editor": [{"family": "Smith", "given": "J. B.", "suffix": "Jr."}],
    "translator": [{"family": "Ōe", "given": "Kenzaburō", "non-dropping-particle": "van"}],
    "container-title": "Harbour Studies",
    "volume": "60",
    "issue": "4",
    "page": "844-862",
    "issued": {"date-parts": [[1931, 12, 3]]},
    "accessed": {"date-parts": [[2020, 1]]},
    "publisher": "University Press",
    "publisher-place": "Oxford",
    "edition": "2",
    "URL": "https://example.org/a?b=c",
    "DOI": "10.1353/mfs.1931.0056",
    "language": "en",
}  # fmt: skip


class QuickEncoder(FakeEncoder):
    """The fake encoder with the vectors of words kept."""

    def _encode(self, text: str) -> Encoded:
        self.encoded.clear()
        ids = [piece.id for piece in self.pieces(text)]
        tokens = np.array([_vector(number) for number in ids], dtype=np.float32).reshape(len(ids), DIMENSION)
        mean = tokens.mean(axis=0) if ids else np.zeros(DIMENSION, dtype=np.float32)
        return Encoded(unit(mean), tokens, np.asarray(ids, dtype=np.int32))


_vector = cache(word_vector)


class _NoReadingModel:
    """In place of the model that reads excerpts."""

    def __init__(self, *_args: object) -> None:
        pass

    def read(self, _question: str, _excerpts: Sequence[str]) -> list[object]:
        return []


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str


@contextmanager
def fake_models() -> Iterator[None]:
    """Let every library that is opened use models that need no weights."""
    with (
        mock.patch("assistant.library.holdings.default_loader", loader(QuickEncoder())),
        mock.patch("assistant.library.holdings.DefaultReadingModel", _NoReadingModel),
        mock.patch("atexit.register"),
    ):
        yield


def command(*words: str | Path, library: Path, stdin: str = "") -> Ran:
    """Run the command in this process.

    Raises:
        BaseException: What the command does not turn into a sentence and an exit code.
        AssertionError: If it exits with a code that it does not have, or says what no user understands.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["assistant", *map(str, words), "--library", str(library)]),
        mock.patch.object(sys, "stdin", io.StringIO(stdin)),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        try:
            cli.main()
        except SystemExit as done:
            code = done.code or 0
        out.flush()
        err.flush()
    ran = Ran(int(str(code)), *(stream.buffer.getvalue().decode() for stream in (out, err)))
    assert ran.code in {0, 1, 2}, ran
    assert "Traceback" not in ran.err, ran
    assert ran.code != 2 or ran.err.strip(), ran
    assert ran.code != 2 or ran.err.count("\n") <= 12, ran
    return ran


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of input.

    Attributes:
        make: The input of a random generator, as bytes.
        attempt: Gives it to commands in an empty folder; returns the name of the outcome.
    """

    make: Callable[[random.Random], bytes]
    attempt: Callable[[Path, bytes], str]


def attempt_of(kind: str, seed: int, keep: Path | None = None) -> Callable[[int], str]:
    """Try the input of a number; the folder ``keep`` then holds the inputs that failed."""
    library = _shared_library()

    def attempt(number: int) -> str:
        data = KINDS[kind].make(random.Random(f"{kind} {seed} {number}"))
        if keep is not None:
            (keep / f"{kind}-{seed}-{number}").write_bytes(data)
        folder = Path(tempfile.mkdtemp(dir=library.parent))
        try:
            with fake_models():
                outcome = KINDS[kind].attempt(folder, data)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if keep is not None:
            (keep / f"{kind}-{seed}-{number}").unlink()
        return outcome

    return attempt


def mutate(kind: str, count: int, seed: int, keep: Path | None = None, first: int = 0) -> sandbox.Tally:
    """Try inputs of a kind."""
    return sandbox.run(attempt_of(kind, seed, keep), range(first, first + count))


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    memory = Path("/dev/shm")  # noqa: S108 - private folders are made in it
    return tempfile.TemporaryDirectory(prefix="safety-", dir=memory if os.access(memory, os.W_OK) else None)


@cache
def _shared_library() -> Path:
    """A library with the sample essay, which no attempt changes."""
    return sample_library(Path(_scratch().name) / "library")


@cache
def _essays() -> tuple[bytes, ...]:
    layouts = sorted((ROOT / "tests" / "layouts").glob("*.txt"))
    settings = (
        Setting(60, 20, "both", "\r\n", indented=True, hyphens=1.0, first_page=7, seed=1),
        Setting(80, 30, "running heads", "\n", hyphens=0.3, trailing=" ", first_page=844, seed=2),
        Setting(50, 12, "form feeds", "\n", indented=True, hyphens=0.3, seed=3),
    )
    printed = [print_essay(setting).source.encode() for setting in settings]
    return SAMPLE.read_bytes(), *(path.read_bytes() for path in layouts), *printed


def mutated_essay(chance: random.Random) -> bytes:
    """A part of an essay with some changes."""
    data = chance.choice(_essays())
    if len(data) > 6_000 and chance.random() < 0.8:
        start = chance.randrange(len(data) - 6_000)
        data = data[: chance.choice((0, 300))] + data[start : start + 6_000]
    return mutate_text(data, chance)


def _add(folder: Path, data: bytes) -> str:
    path, library = folder / "essay.txt", folder / "library"
    path.write_bytes(data)
    added = command("add", path, library=library)
    if added.code:
        return f"add {added.code}"
    name = json.loads(command("list", "--json", library=library).out)[0]["id"]
    passages = json.loads(command("show", name, "--json", library=library).out)["passages"]
    words = max((passage["text"] for passage in passages), key=len)[:300]
    quoted = command("quote", "-", library=library, stdin=words)
    asked = command("ask", "Why did the tide go out?", library=library)
    return f"add 0, quote {quoted.code}, ask {asked.code}"


@cache
def _record(ending: str) -> bytes:
    form = {".json": "csl-json", ".bib": "bibtex", ".ris": "ris"}[ending]
    records = (_RECORD, load_references(SAMPLE.parent / "reference.json")[0])
    return "\n".join(EXPORTS[form](record) for record in records).encode()


def _record_of(ending: str) -> Callable[[random.Random], bytes]:
    def make(chance: random.Random) -> bytes:
        if ending == ".json":
            record = mutate_json(_RECORD, chance)
            for _ in range(chance.randrange(3)):
                record = mutate_json(record, chance)
            data = json_bytes(record)
            return data if chance.random() < 0.8 else mutate_text(data, chance)
        return mutate_text(_record(ending), chance)

    return make


def _edit(ending: str) -> Callable[[Path, bytes], str]:
    def attempt(folder: Path, data: bytes) -> str:
        path, library = folder / f"record{ending}", folder / "library"
        path.write_bytes(data)
        shutil.copytree(_shared_library(), library)
        edited = command("edit", "sample", "--reference", path, library=library)
        if edited.code:
            return f"edit {edited.code}"
        codes = set()
        for style in _STYLES:
            for form in ("text", "html", "markdown"):
                codes.add(command("cite", "sample", "--style", style, "--format", form, library=library).code)
        for form in ("bibtex", "ris", "csl-json"):
            codes.add(command("cite", "sample", "--format", form, library=library).code)
        codes.add(command("list", library=library).code)
        codes.add(command("ask", "Who divided the Gospels?", "--json", library=library).code)
        return f"edit 0, cite, list and ask {sorted(codes)}"

    return attempt


@cache
def _draft(ending: str) -> bytes:
    essay = read_essay(SAMPLE, load_references(SAMPLE.parent / "reference.json")).essay
    paragraphs = [item.text for item in a_draft(essay, _NAME, 5, clean=1)]
    if ending == ".docx":
        document = docx.Document()
        document.add_heading("A draft", 1)
        for number, words in enumerate(paragraphs):
            paragraph = document.add_paragraph(style="Quote" if number % 5 == 4 else None)
            half = len(words) // 2
            paragraph.add_run(words[:half]).italic = True
            paragraph.add_run(words[half:])
        table = document.add_table(1, 2)
        table.cell(0, 0).text = paragraphs[0]
        data = io.BytesIO()
        document.save(data)
        return data.getvalue()
    if ending == ".odt":
        return _odt(paragraphs)
    if ending == ".tex":
        body = "\n\n".join(words.replace("“", "``").replace("”", "''") for words in paragraphs)
        notes = "\\footnote{A note \\emph{“here”} (12).} \\begin{quote}Quoted words.\\end{quote} % comment"
        lines = (
            "\\documentclass{article}",
            "\\begin{document}",
            "\\section{A}",
            body,
            notes,
            "\\end{document}",
        )
        return "\n".join(lines).encode()
    item = "* An *item* with a [link](http://a.b) and `code`.[^1]\n\n[^1]: A note."
    extra = f"> A quotation\n> of two lines (12).\n\n{item}"
    return "\n\n".join(["# A draft", *paragraphs, extra]).encode()


def _odt(paragraphs: Sequence[str]) -> bytes:
    import zipfile

    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    body = "".join(
        f"<text:p>{words[:20]}<text:span>{words[20:60]}</text:span><text:s text:c='2'/>{words[60:]}"
        "<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>A note.</text:p></text:note-body></text:note></text:p>"
        for words in paragraphs
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:text><text:h>A draft</text:h>{body}"
            "</office:text></office:body></office:document-content>",
        )
        file.writestr("styles.xml", f"<office:document-styles {names}></office:document-styles>")
    return data.getvalue()


def _draft_of(ending: str) -> Callable[[random.Random], bytes]:
    change = mutate_archive if ending in {".docx", ".odt"} else mutate_text
    return lambda chance: change(_draft(ending), chance)


def _check(ending: str) -> Callable[[Path, bytes], str]:
    def attempt(folder: Path, data: bytes) -> str:
        path = folder / f"draft{ending}"
        path.write_bytes(data)
        copy, page = folder / f"copy{ending}", folder / "page.html"
        checked = command("check", path, "--fix", copy, "--html", page, "--json", library=_shared_library())
        assert path.read_bytes() == data
        if checked.code != 2:
            json.loads(checked.out)
            assert page.is_file()
        if not copy.exists():
            return f"check {checked.code}"
        again = command("check", copy, library=_shared_library())
        return f"check {checked.code}, check of the copy {again.code}"

    return attempt


@cache
def _passages() -> tuple[str, ...]:
    return tuple(passage.text for passage in read_essay(SAMPLE).essay.passages if len(passage.text) > 80)


def _quotation(chance: random.Random) -> bytes:
    words = chance.choice(_passages())
    start = chance.randrange(len(words) - 40)
    return mutate_text(words[start : start + chance.choice((30, 80, 400))].encode(), chance)


def _quote(_folder: Path, data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    quoted = command("quote", "-", "--json", library=_shared_library(), stdin=text)
    if quoted.code == 2:
        return "quote 2"
    verdict = json.loads(quoted.out)
    return f"quote {quoted.code}, {verdict['verdict']}"


def _question(chance: random.Random) -> bytes:
    words = chance.choice(sample_questions())
    return mutate_text(words.encode(), chance)


@cache
def sample_questions() -> tuple[str, ...]:
    """The questions of the sample set, and some of other kinds."""
    lines = (ROOT / "data" / "eval" / "sample" / "queries.jsonl").read_text("utf-8").splitlines()
    return (
        *(json.loads(line)["text"] for line in lines),
        "What does “numbered pieces” mean in note 3?",
        "thesis?",
    )


def _ask(_folder: Path, data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    asked = command("ask", "-", "--explain", library=_shared_library(), stdin=text)
    return f"ask {asked.code}"


def _batch(chance: random.Random) -> bytes:
    lines = [
        {"id": f"q{number}", "question": chance.choice(sample_questions()),
         "text": chance.choice(_passages())[:200],
         "history": [chance.choice(sample_questions())]}
        for number in range(3)
    ]  # fmt: skip
    mutated = [mutate_json(line, chance) for line in lines]
    data = b"\n".join(map(json_bytes, mutated))
    return data if chance.random() < 0.7 else mutate_text(data, chance)


def _ask_batch(folder: Path, data: bytes) -> str:
    path = folder / "batch.jsonl"
    path.write_bytes(data)
    asked = command("ask", "--batch", path, library=_shared_library())
    quoted = command("quote", "--batch", path, library=_shared_library())
    for ran in (asked, quoted):
        for line in ran.out.split("\n")[:-1]:
            json.loads(line)
    return f"ask {asked.code}, quote {quoted.code}"


def _set(chance: random.Random) -> bytes:
    """A question set as one JSON object: the bytes of each of its files as Latin-1."""
    passages = [
        {"_id": f"p{n}", "doc": "d", "title": "A title", "text": text[:300]}
        for n, text in enumerate(_passages()[:5])
    ]
    queries = [
        {"_id": f"q{n}", "doc": "d", "text": chance.choice(sample_questions()),
         "answerable": n < 3, "type": "fact",
         "history": ["Earlier?"], "exclude": ["p4"], "evidence": [{"passage": "p1", "text": "verse"}]}
        for n in range(4)
    ]  # fmt: skip
    files: dict[str, bytes] = {
        "corpus.jsonl": b"\n".join(map(json_bytes, passages)),
        "queries.jsonl": b"\n".join(map(json_bytes, queries)),
        "qrels.tsv": b"query-id\tcorpus-id\tscore\nq0\tp0\t1\nq1\tp1\t2\nq2\tp2\t1\n",
        "meta.json": b'{"name": "a set", "scope": "library", "use_title": true}',
    }
    name = chance.choice(sorted(files))
    lines = files[name].split(b"\n")
    if name.startswith("qrels") or chance.random() < 0.3:
        files[name] = mutate_text(files[name], chance)
    else:
        number = chance.randrange(len(lines))
        lines[number] = json_bytes(mutate_json(json.loads(lines[number]), chance))
        files[name] = b"\n".join(lines)
    return json.dumps({name: data.decode("latin-1") for name, data in files.items()}).encode()


def _evaluate(folder: Path, data: bytes) -> str:
    dataset = folder / "set"
    dataset.mkdir()
    for name, content in json.loads(data).items():
        (dataset / name).write_bytes(content.encode("latin-1"))
    evaluated = command(
        "evaluate", dataset, "--method", "bm25", "--trec", folder / "trec", library=_shared_library()
    )
    return f"evaluate {evaluated.code}"


KINDS: Mapping[str, Kind] = {
    "essay": Kind(mutated_essay, _add),
    **{kind: Kind(_record_of(ending), _edit(ending)) for kind, ending in _ENDINGS.items()},
    **{
        f"draft-{ending[1:]}": Kind(_draft_of(ending), _check(ending))
        for ending in (".md", ".docx", ".odt", ".tex", ".txt")
    },
    "quotation": Kind(_quotation, _quote),
    "question": Kind(_question, _ask),
    "batch": Kind(_batch, _ask_batch),
    "set": Kind(_set, _evaluate),
}
