"""The library from end to end, with a model whose answers can be worked out by hand."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Opened, file_digests, hit_scores_of
from fake_models import DIMENSION, FakeEncoder

from assistant.core.errors import AssistantError, LibraryError
from assistant.core.essay import SEARCHED_KINDS
from assistant.library import store
from assistant.library.library import Library
from assistant.retrieval.index.windows import windows_of

if TYPE_CHECKING:
    from pathlib import Path


def _manifest(root: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((root / "index" / "manifest.json").read_text("utf-8"))
    return manifest


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _windows(opened: Opened, essay_id: str) -> set[str]:
    return {
        window.text
        for passage in opened.library.essay(essay_id).passages
        if passage.kind in SEARCHED_KINDS
        for window in windows_of(passage, opened.encoder)
    }


def test_add_writes_passages_source_and_index(opened: Opened) -> None:
    root = opened.root
    manifest = _manifest(root)
    build = root / "index" / manifest["build"]
    own = {path.name for path in (root / "data" / "chunks").iterdir()}
    assert own == {"sample.jsonl", "sample.source.txt", "sample.given.json"}
    found = {path.name for path in (root / "index").iterdir()} - {".lock", "catalogue.json"}
    assert found == {"manifest.json", build.name, manifest["rows"]}
    assert {path.name for path in build.iterdir()} == set(manifest["files"])


def test_manifest_names_essays_model_and_files_by_digest(opened: Opened) -> None:
    root, manifest = opened.root, _manifest(opened.root)
    build = root / "index" / manifest["build"]
    assert manifest["essays"] == {"sample": _sha256(root / "data" / "chunks" / "sample.jsonl")}
    assert manifest["model"] == {
        "name": "fake",
        "sha256": "fake-1",
        "dimension": DIMENSION,
        "max_tokens": 60,
    }
    assert manifest["files"] == {path.name: _sha256(path) for path in build.iterdir()}
    assert manifest["schema"] == 4
    assert "cosine" in manifest["metric"]
    assert {"essay-assistant", "faiss-cpu", "numpy"} <= set(manifest["versions"])
    texts = (root / "index" / manifest["rows"] / "windows.jsonl").read_text("utf-8").splitlines()
    assert manifest["counts"]["windows"] == len(texts)
    assert manifest["segments"]["sample"]["windows"] == [0, len(texts)]


def test_report_accounts_for_every_character(tmp_path: Path) -> None:
    report = Opened(tmp_path).library.add(SAMPLE)
    assert report.essay_id == "sample"
    assert (report.first_page, report.last_page, report.pages) == ("11", "22", 12)
    assert report.unaccounted == 0
    assert report.note_marks == report.kinds["note"] == 7
    assert report.characters == len(SAMPLE.read_bytes().decode())


def test_add_tells_of_its_stages_in_order(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    Opened(tmp_path).library.add(SAMPLE, progress=lambda *step: seen.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    counts = [done for stage, done, _ in seen if stage == "embedding"]
    assert stages == ["reading", "embedding", "writing"]
    assert counts == sorted(counts)
    assert counts[-1] == next(total for stage, _, total in seen if stage == "embedding")


@pytest.mark.parametrize(
    ("question", "passage", "pages"),
    [
        (QUESTION, "sample/p07", "12"),
        ("What did Locke say of epistles chopped and minced by printed divisions?", "sample/p11", "13-14"),
        ("What great upright wheel did Agostino Ramelli publish, kept by gears?", "sample/p19", "16"),
        ("Which books are to be tasted, others to be swallowed, chewed and digested?", "sample/b01", "17"),
        ("What may the Greek word pharmakon mean, a remedy or a poison?", "sample/n7", "21"),
        ("Which machine is a deputy of the kind that Bacon allowed?", "sample/p31", "20-21"),
    ],
)
def test_ask_finds_passage_pages_and_citation(
    opened: Opened, question: str, passage: str, pages: str
) -> None:
    answer = opened.library.ask(question)
    first = answer.hits[0]
    assert answer.answered
    assert answer.question == question
    assert 0.5 <= answer.confidence <= 1
    assert (first.passage.id, first.citation.pages) == (passage, pages)
    cited = f"Essay Assistant Authors {pages.replace('-', '–')}"
    # The block quotation is not the essay's own words.
    assert first.citation.in_text == (
        f"(Bacon, qtd. in {cited})" if passage == "sample/b01" else f"({cited})"
    )
    assert first.reference.startswith("Essay Assistant Authors. “Where the Words Stand")
    for hit in answer.hits:
        assert hit.highlights
        assert all(one.text == hit.passage.text[one.start : one.end] for one in hit.highlights)
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)


def test_question_far_from_the_essay_is_not_answered_but_shown_the_nearest(opened: Opened) -> None:
    answer = opened.library.ask("Does photosynthesis in chloroplasts need magnesium?", top=5)
    assert not answer.answered
    assert len(answer.hits) == 5


def test_follow_up_is_asked_with_the_question_before_it(opened: Opened) -> None:
    answer = opened.library.ask("And why?", history=[QUESTION])
    assert answer.question == "And why?"
    assert answer.hits[0].passage.id == FOUND


@pytest.mark.parametrize("top", [1, 2, 41, 1_000])
def test_top_gives_so_many_passages(opened: Opened, top: int) -> None:
    assert len(opened.library.ask(QUESTION, top=top).hits) == min(top, 41)


def test_same_file_again_embeds_nothing_and_changes_nothing(opened: Opened) -> None:
    before = file_digests(opened.root)
    opened.library.add(SAMPLE)
    assert opened.encoder.encoded == []
    assert file_digests(opened.root) == before


def test_two_libraries_of_one_file_have_the_same_passages(opened: Opened, tmp_path: Path) -> None:
    other = Opened(tmp_path / "other")
    other.library.add(SAMPLE)
    one, two = _manifest(opened.root), _manifest(other.root)
    assert (one["files"], one["essays"]) == (two["files"], two["essays"])


def test_another_first_page_relabels_and_embeds_nothing(opened: Opened) -> None:
    report = opened.library.add(SAMPLE, first_page="844")
    assert opened.encoder.encoded == []
    assert (report.first_page, report.last_page) == ("844", "855")
    assert any("844" in warning for warning in report.warnings)
    assert opened.library.ask(QUESTION).hits[0].citation.in_text == "(Essay Assistant Authors 845)"
    assert opened.encoder.encoded == [QUESTION]
    assert opened.notices == []


def test_second_essay_embeds_only_its_own_windows(opened: Opened) -> None:
    report = opened.library.add(SECOND)
    assert set(opened.encoder.encoded) == _windows(opened, report.essay_id)
    assert len(opened.encoder.encoded) == len(set(opened.encoder.encoded))
    assert opened.library.ids() == sorted(["sample", report.essay_id])
    assert set(_manifest(opened.root)["essays"]) == {"sample", report.essay_id}


@pytest.mark.parametrize("others", ["also an interference", "an act as well"])
def test_only_the_changed_paragraph_is_embedded_again(opened: Opened, tmp_path: Path, others: str) -> None:
    """Whether the line keeps its length or becomes six characters shorter."""
    changed = tmp_path / "essay.txt"
    changed.write_bytes(SAMPLE.read_bytes().replace(b"also an intervention", others.encode()))
    report = opened.library.add(changed)
    passage = next(one for one in opened.library.essay("sample").passages if others in one.text)
    assert report.kinds["paragraph"] == 32
    assert opened.encoder.encoded
    assert all(window in passage.text for window in opened.encoder.encoded)
    assert opened.library.source_text("sample") == changed.read_bytes().decode()


def test_old_build_is_swept_away(opened: Opened) -> None:
    opened.library.add(SECOND)
    assert [path.name for path in (opened.root / "index").glob("build-*")] == [
        _manifest(opened.root)["build"]
    ]


def test_removed_essay_is_gone_and_nothing_is_embedded_for_it(opened: Opened) -> None:
    second = opened.library.add(SECOND).essay_id
    opened.encoder.encoded.clear()
    opened.library.remove(second)
    assert opened.library.ids() == ["sample"]
    assert not list((opened.root / "data" / "chunks").glob(f"{second}*"))
    answer = opened.library.ask(QUESTION, top=99)
    assert opened.encoder.encoded == [QUESTION]
    assert {hit.passage.essay_id for hit in answer.hits} == {"sample"}
    assert set(_manifest(opened.root)["essays"]) == {"sample"}


def test_remove_and_add_again_is_the_same_library(opened: Opened) -> None:
    answer = opened.hit_scores()
    opened.library.remove("sample")
    with pytest.raises(LibraryError, match="no essay"):
        opened.library.ask(QUESTION)
    opened.library.add(SAMPLE)
    assert opened.hit_scores() == answer


def test_essays_filter_asks_those_only(opened: Opened) -> None:
    second = opened.library.add(SECOND).essay_id
    own = "At how many minutes after noon in London did noon in Bristol fall?"
    assert opened.library.ask(own).hits[0].passage.essay_id == second
    for wanted in (["sample"], [second], ["sample", second]):
        hits = opened.library.ask(own, essays=wanted, top=99).hits
        assert {hit.passage.essay_id for hit in hits} == set(wanted)
    kept = opened.library.ask(QUESTION, essays=[second])
    assert {hit.passage.essay_id for hit in kept.hits} == {second}


def test_answers_are_those_of_a_library_with_this_essay_alone(opened: Opened) -> None:
    alone = opened.hit_scores()
    opened.library.add(SECOND)
    assert hit_scores_of(opened.library.ask(QUESTION, essays=["sample"])) == alone


@pytest.mark.parametrize("essay_id", ["nobody", "", "../sample", "sample/p01", "SAMPLE", "sample.source"])
def test_unknown_essay_is_named_with_those_there_are(opened: Opened, essay_id: str) -> None:
    library = opened.library
    for fails in (
        lambda: library.essay(essay_id),
        lambda: library.source_text(essay_id),
        lambda: library.remove(essay_id),
        lambda: library.cite(essay_id),
        lambda: library.ask(QUESTION, essays=["sample", essay_id]),
    ):
        with pytest.raises(AssistantError, match="it has: sample"):
            fails()


def test_source_text_is_the_decoded_file(opened: Opened) -> None:
    assert opened.library.source_text("sample") == SAMPLE.read_bytes().decode()


def test_source_keeps_line_breaks_and_loses_only_the_byte_order_mark(tmp_path: Path) -> None:
    text = SAMPLE.read_bytes().decode().replace("\n", "\r\n")
    path = tmp_path / "windows.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    opened = Opened(tmp_path / "library")
    opened.library.add(path)
    assert opened.library.source_text("sample") == text


def test_every_passage_stands_in_the_source_where_it_says(opened: Opened) -> None:
    source = opened.library.source_text("sample")
    for passage in opened.library.essay("sample").passages:
        start, end = passage.source
        printed = source[start:end]
        assert (printed[0], printed[-1]) == (passage.text[0], passage.text[-1])
        for at, ch in enumerate(passage.text):
            there = source[passage.source_map.source(at)]
            assert there == ch or (ch == " " and there.isspace())


def test_essay_in_memory_is_the_essay_on_disk(opened: Opened) -> None:
    path = opened.root / "data" / "chunks" / "sample.jsonl"
    assert store.dump(opened.library.essay("sample")) == path.read_text("utf-8")


def test_cite_gives_citation_and_reference(opened: Opened) -> None:
    citation, reference = opened.library.cite("sample", page="13-14")
    assert (citation.pages, citation.in_text) == ("13-14", "(Essay Assistant Authors 13–14)")
    assert "pp. 11–22" in reference
    assert opened.library.cite("sample")[0].in_text == "(Essay Assistant Authors)"
    with pytest.raises(AssistantError, match="its pages are 11 to 22"):
        opened.library.cite("sample", page="99")


def test_other_model_makes_the_whole_index_anew(opened: Opened) -> None:
    other = Opened(opened.root, FakeEncoder(name="other", digest="other-1"))
    other.library.add(SAMPLE, model="other")
    assert set(other.encoder.encoded) == _windows(other, "sample")
    assert _manifest(opened.root)["model"]["name"] == "other"


def test_library_keeps_the_model_it_has(opened: Opened) -> None:
    asked: list[str | None] = []

    def load(name: str | None) -> FakeEncoder:
        asked.append(name)
        return FakeEncoder(name=name or "default", digest=f"weights of {name}")

    Library(opened.root, load_encoder=load).add(SAMPLE, model="other")
    Library(opened.root, load_encoder=load).add(SECOND)
    Library(opened.root, load_encoder=load).ask(QUESTION)
    assert asked == ["other"] * 3
