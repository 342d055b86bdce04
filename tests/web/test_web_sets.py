"""Uploaded question sets: accepted by name, never by path, and with a limit."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from page_library import FakeLibrary, keepers_log

from assistant.core.errors import DatasetError
from assistant.evaluation.datasets import load_dataset
from assistant.web import question_sets
from assistant.web.question_sets import question_count, unpacked

QUERIES = '{"_id": "q1", "text": "Who lit the lamp?", "doc": "log"}\n\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\tlog/p01\t1\n"
CORPUS = '{"_id": "log/p01", "doc": "log", "text": "The keeper lit it."}\n'


def archive(path: Path, files: dict[str, str]) -> Path:
    """An archive of files by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return path


def written(folder: Path, **files: str) -> list[Path]:
    """Files in a folder; ``_dot_`` stands for a full stop."""
    folder.mkdir(exist_ok=True)
    paths = [folder / name.replace("_dot_", ".") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text)
    return paths


def test_single_files_make_a_set(tmp_path: Path) -> None:
    files = written(tmp_path / "up", queries_dot_jsonl=QUERIES, qrels_dot_tsv=QRELS, corpus_dot_jsonl=CORPUS)
    dataset = load_dataset(unpacked(files, tmp_path / "in"))
    assert (dataset.name, len(dataset.questions)) == ("uploaded set", 1)
    assert dataset.qrels == {"q1": {"log/p01": 1}}
    assert dataset.corpus == {"log": {"log/p01": "The keeper lit it."}}


def test_judgements_of_the_usual_name_go_to_their_folder(tmp_path: Path) -> None:
    files = written(tmp_path / "up", queries_dot_jsonl=QUERIES, test_dot_tsv=QRELS)
    assert load_dataset(unpacked(files, tmp_path / "in")).qrels


@pytest.mark.parametrize("base", ["", "deep/in/it/"])
def test_an_archive_is_a_set_with_its_name(tmp_path: Path, base: str) -> None:
    files = {f"{base}queries.jsonl": QUERIES, f"{base}qrels/test.tsv": QRELS, "__MACOSX/queries.jsonl": "?"}
    dataset = load_dataset(unpacked([archive(tmp_path / "The Keeper.zip", files)], tmp_path / "in"))
    assert (dataset.name, dataset.corpus) == ("The Keeper", None)


@pytest.mark.parametrize("base", ["../", "../../", "/", "/tmp/", "a/../../"])  # noqa: S108 - never written
def test_nothing_is_written_outside(tmp_path: Path, base: str) -> None:
    scratch = tmp_path / "a" / "b" / "in"
    scratch.mkdir(parents=True)
    files = {f"{base}queries.jsonl": QUERIES, f"{base}qrels.tsv": QRELS, f"{base}evil.sh": "x", "../e": "x"}
    unpacked([archive(tmp_path / "set.zip", files)], scratch)
    inside = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    # The set in the archive is accepted, and nothing else.
    assert inside == {"set.zip", "a/b/in/set/queries.jsonl", "a/b/in/set/qrels.tsv"}


@pytest.mark.parametrize("name", ["...zip", "%2e%2e.zip", "..%2f.zip", f"{'x' * 200}.zip"])
def test_the_name_of_an_archive_is_made_safe(tmp_path: Path, name: str) -> None:
    folder = unpacked([archive(tmp_path / name, {"queries.jsonl": QUERIES})], tmp_path / "in")
    assert folder.resolve().parent == (tmp_path / "in").resolve()
    assert 0 < len(folder.name) <= 60


def test_a_link_in_an_archive_is_read_as_a_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("queries.jsonl")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    folder = unpacked([tmp_path / "set.zip"], tmp_path / "in")
    assert not (folder / "queries.jsonl").is_symlink()
    assert (folder / "queries.jsonl").read_text() == "/etc/passwd"


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_sets, "LARGEST", 10_000)
    bomb = archive(tmp_path / "set.zip", {"queries.jsonl": "0" * 10_001})
    assert bomb.stat().st_size < 1_000
    with pytest.raises(DatasetError, match="larger than 50 MB"):
        unpacked([bomb], tmp_path / "in")
    with pytest.raises(DatasetError, match="larger than 50 MB"):
        unpacked(written(tmp_path / "up", queries_dot_jsonl="0" * 10_001), tmp_path / "in")
    assert not (tmp_path / "in").exists()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"readme.txt": "x"}, "holds no queries.jsonl"),
        ({"..\\queries.jsonl": QUERIES}, "holds no queries.jsonl"),
        ({"a/queries.jsonl": QUERIES, "b/queries.jsonl": QUERIES}, "holds several question sets"),
    ],
)
def test_an_archive_without_one_set_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        unpacked([archive(tmp_path / "set.zip", files)], tmp_path / "in")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path / "whole.zip", {"queries.jsonl": QUERIES * 99}).read_bytes()
    for data in (b"", b"PK\3\4 not really", whole[:80]):
        (tmp_path / "set.zip").write_bytes(data)
        with pytest.raises(DatasetError, match="cannot be unpacked"):
            unpacked([tmp_path / "set.zip"], tmp_path / "in")


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    zipped = archive(tmp_path / "set.zip", {"queries.jsonl": QUERIES})
    (loose,) = written(tmp_path / "up", queries_dot_jsonl=QUERIES)
    with pytest.raises(DatasetError, match=r"one \.zip alone"):
        unpacked([zipped, loose], tmp_path / "in")
    with pytest.raises(DatasetError, match=r"notes\.txt is not part of a question set"):
        unpacked([loose, *written(tmp_path / "up", notes_dot_txt="x")], tmp_path / "in")
    with pytest.raises(DatasetError, match="no longer there"):
        unpacked([tmp_path / "gone" / "queries.jsonl"], tmp_path / "in")


def test_the_librarys_own_sets_are_those_of_its_essays(tmp_path: Path) -> None:
    library = FakeLibrary(keepers_log())
    library.root = tmp_path
    assert library.question_sets() == {}
    for name in ("log", "other", ".."):
        (tmp_path / "data" / "eval" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / "eval" / name / "queries.jsonl").write_text(QUERIES)
    assert library.question_sets() == {"log": tmp_path / "data" / "eval" / "log"}
    assert question_count(tmp_path / "data" / "eval" / "log") == 1
    assert question_count(tmp_path) == 0
