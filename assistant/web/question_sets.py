"""Question sets: how many questions one has, how an uploaded one is unpacked, and one made on the page.

Each file of an upload is written to the one path that a question set has for it, never to a path from the
upload, so that no archive can write anywhere else.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assistant.core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Bytes of a whole set, unpacked.
LARGEST = 50_000_000
UPLOADED = "uploaded set"
_QUESTIONS = "queries.jsonl"
# The path in a set's folder of a file of each name.
_PATHS = {
    _QUESTIONS: _QUESTIONS,
    "qrels.tsv": "qrels.tsv",
    "test.tsv": "qrels/test.tsv",
    "corpus.jsonl": "corpus.jsonl",
    "meta.json": "meta.json",
}
# A set that is made on the page.
OWN = "Your questions"
NONE_JUDGED = (
    "None of your questions is judged yet; say of a passage that it answers it, or that no passage of the "
    "essay does."
)
_MOST_OWN, _MOST_JUDGED, _LONGEST_OWN, _LONGEST_SENT = 1_000, 200, 2_000, 4_000_000
_LARGE = f"The question set is larger than {LARGEST // 1_000_000} MB; upload a smaller one."


def question_count(folder: Path) -> int:
    """Number of questions of a set: its lines that are not blank; 0 where the file cannot be read."""
    try:
        return sum(1 for line in (folder / _QUESTIONS).read_bytes().split(b"\n") if line.strip())
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question whose passages a visitor has judged.

    Attributes:
        text: The question.
        judged: Whether each passage answers it, by passage id.
        none: Whether no passage of the essay answers it.
    """

    text: str
    judged: Mapping[str, bool]
    none: bool

    @property
    def is_finished(self) -> bool:
        """Whether it is known what answers it, or that nothing does."""
        return self.none or any(self.judged.values())

    @property
    def essay(self) -> str:
        """Id of the essay that it is asked of; empty where passages of several were judged."""
        essays = {passage.partition("/")[0] for passage in self.judged}
        return essays.pop() if len(essays) == 1 else ""


def judged_questions(sent: object) -> list[JudgedQuestion]:
    """The finished questions in JSON of the page's script, which may send anything."""
    try:
        values = json.loads(sent) if isinstance(sent, str) and len(sent) <= _LONGEST_SENT else None
    except (ValueError, RecursionError):
        values = None
    questions = map(_judged_question, values[:_MOST_OWN] if isinstance(values, list) else [])
    return [question for question in questions if question is not None and question.is_finished]


def _judged_question(value: object) -> JudgedQuestion | None:
    if not isinstance(value, dict) or not isinstance(value.get("question"), str):
        return None
    text = " ".join(value["question"].encode("utf-8", "replace").decode().split())[:_LONGEST_OWN]
    judged = value.get("judged")
    known = {
        passage: answers
        for passage, answers in (judged.items() if isinstance(judged, dict) else ())
        if re.fullmatch(r"[^\s/]{1,200}/[^\s/]{1,50}", passage) and isinstance(answers, bool)
    }
    none = value.get("none") is True and not any(known.values())
    return JudgedQuestion(text, dict([*known.items()][:_MOST_JUDGED]), none) if text else None


def set_files(questions: Sequence[JudgedQuestion]) -> dict[str, str]:
    """The files of a question set, by name.

    Raises:
        DatasetError: If there is no question.
    """
    if not questions:
        raise DatasetError(NONE_JUDGED)
    lines, judgements = [], ["query-id\tcorpus-id\tscore"]
    for number, question in enumerate(questions, 1):
        line = {"_id": f"q{number}", "text": question.text, "doc": question.essay}
        lines.append(json.dumps(line | {"answerable": not question.none}, ensure_ascii=False))
        # A question that nothing answers has no judgements.
        judged = {} if question.none else question.judged
        judgements += [f"q{number}\t{passage}\t{int(answers)}" for passage, answers in judged.items()]
    return {
        _QUESTIONS: "\n".join(lines) + "\n",
        "qrels.tsv": "\n".join(judgements) + "\n",
        "meta.json": json.dumps({"name": OWN}) + "\n",
    }


def set_archive(questions: Sequence[JudgedQuestion]) -> bytes:
    """A question set as a ``.zip``; errors as for ``set_files``."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in set_files(questions).items():
            archive.writestr(name, text)
    return data.getvalue()


def written_set(questions: Sequence[JudgedQuestion], into: Path) -> Path:
    """A question set as a folder in another one; errors as for ``set_files``."""
    folder = into / OWN
    folder.mkdir()
    for name, text in set_files(questions).items():
        (folder / name).write_text(text, "utf-8")
    return folder


def unpacked(files: Sequence[Path], into: Path) -> Path:
    """An uploaded question set as a folder.

    Args:
        files: The uploaded files: one ``.zip``, or files with the names that a set's files have.
        into: An empty folder.

    Returns:
        A folder in ``into`` with the name of the set.

    Raises:
        DatasetError: If the files are not a question set, or too large.
    """
    archives = [file for file in files if file.suffix.lower() == ".zip"]
    if archives and len(files) > 1:
        raise DatasetError("Upload one .zip alone, or the files of the set without it.")
    folder = into / (_folder_name(archives[0].stem) if archives else UPLOADED)
    contents = _read_archive(archives[0]) if archives else _read_files(files)
    for path, data in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def _folder_name(name: str) -> str:
    """A safe name for a folder."""
    return re.sub(r"[^\w.-]+", " ", name).strip(" .")[:60].strip(" .") or UPLOADED


def _read_files(files: Sequence[Path]) -> dict[str, bytes]:
    if unknown := [file.name for file in files if file.name not in _PATHS]:
        raise DatasetError(
            f"{unknown[0]} is not part of a question set; name its files queries.jsonl, qrels.tsv and "
            "corpus.jsonl, or upload them as one .zip."
        )
    try:
        if sum(file.stat().st_size for file in files) > LARGEST:
            raise DatasetError(_LARGE)
        return {_PATHS[file.name]: file.read_bytes() for file in files}
    except OSError as error:
        raise DatasetError("The uploaded files are no longer there; upload them again.") from error


def _read_archive(path: Path) -> dict[str, bytes]:
    """The files of the one set in an archive, by their paths in a set's folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            base = _base(path.name, archive.namelist())
            members = {target: str(base / target) for target in _PATHS.values()}
            known = archive.NameToInfo
            return _read_members(archive, {target: name for target, name in members.items() if name in known})
    # A zip file that is broken, encrypted, or compressed in an unknown way, each with an error of its own.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise DatasetError(
            f"{path.name} cannot be unpacked; upload a plain .zip without a password."
        ) from error


def _base(archive: str, names: Sequence[str]) -> PurePosixPath:
    """The folder of an archive that contains its question set."""
    paths = (PurePosixPath(name) for name in names)
    bases = [path.parent for path in paths if path.name == _QUESTIONS and "__MACOSX" not in path.parts]
    if len(set(bases)) != 1:
        content = "several question sets" if bases else "no queries.jsonl"
        raise DatasetError(f"{archive} holds {content}; put the files of one question set into it.")
    return bases[0]


def _read_members(archive: zipfile.ZipFile, members: dict[str, str]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    left = LARGEST
    for target, name in members.items():
        with archive.open(name) as member:
            # Read no more than is allowed: the sizes that an archive states cannot be trusted.
            contents[target] = member.read(left + 1)
        left -= len(contents[target])
        if left < 0:
            raise DatasetError(_LARGE)
    return contents
