"""A short handmade essay and a fake library of it, for the tests of the web page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.citations.form import form_of, record_of
from assistant.core.answer import Answer, AnswerVerdict, Citation, Highlight, Hit, PreparedQuotation
from assistant.core.errors import AssistantError, LibraryError, ReadingError
from assistant.core.essay import (
    CSLItem,
    EssaySummary,
    IngestReport,
    Kind,
    NoteMark,
    PageStart,
    Passage,
    Progress,
    RemovedEssay,
    SourceMap,
    StoredEssay,
)
from assistant.core.selection import EVERYTHING, LabelChanges, Selection
from assistant.library.importing import Became, FileOutcome
from assistant.library.library import Library
from assistant.library.snapshot import Snapshot, StoredEssays
from assistant.library.store import ChunkFile
from assistant.library.walking import FileToAdd
from assistant.web.ask import AskWidgets, layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


_ESSAY = (
    ("title", "The Keeper’s Log"),
    ("author", "Ada Marsh"),
    (
        "paragraph",
        (
            "A lighthouse keeper wrote two books at once. In the first he set down the weather, the "
            "oil and the ships; in the second, which nobody asked him for, he set down what the "
            "nights had done to him. This essay reads the two together."
        ),
    ),
    ("heading", "Oil, Weather, Ships"),
    (
        "paragraph",
        (
            "The official log has no first person. Where a verb wants a subject the keeper leaves a "
            "gap, and the gap is filled by the lamp: “lit at dusk, trimmed at two, out at dawn.”^1^ "
            "Historians of the service have taken this for modesty. I take it for grammar doing the "
            "work of an oath. The keeper swears nothing, yet each line is signed by the light that "
            "others saw. A ship’s master forty miles ‖32‖away could check the entry against his own. "
            "No diary has such readers. It was the only prose in the county that strangers could "
            "prove false by looking out of a window, and its writers knew it. That is why the entries"
            " are short, and why the shortest are the proudest. Inspectors came twice a year and "
            "counted wicks; they seldom read. When they did, they read as masters do, for the one "
            "night on which a wreck and a silence fell together. The log was kept for that night, and"
            " every other night was practice. A keeper who understood this wrote as if the sea were a"
            " court."
        ),
    ),
    (
        "blockquote",
        (
            "Wind NW, hard. Glass falling. Lamp steady all night. Saw a sail at four and lost it in "
            "the rain. Wife says I talk in my sleep of wicks."
        ),
    ),
    (
        "paragraph",
        (
            "The last sentence is the only one of its kind in eleven years. It was struck out by "
            "another hand in red.^2^ What the inspector could not allow was not the wife but the "
            "tense: the log knows no habit."
        ),
    ),
    ("heading", "The Second Book"),
    (
        "paragraph",
        (
            "The second book was found behind the stove. It is written in pencil, with no dates, and "
            "it begins in the middle ‖33‖of a sentence. The keeper is now everywhere in it. He counts"
            " his steps, his teeth, the kinds of dark. Costs such as $5 a barrel & <b>duty</b> stand "
            "beside prayers, as if both were owed."
        ),
    ),
    ("verse", "Forty stairs and forty more,\nSalt upon the lantern door."),
    (
        "note",
        ("See the service’s printed rules of 1868, which ask for verbs “without ornament.”"),
    ),
    ("note", "The ink is analysed in the county archive’s own catalogue."),
)


def passage(
    text: str,
    *,
    kind: Kind = "paragraph",
    name: str = "log/p01",
    section: str = "",
    page: str = "31",
    ordinal: int = 1,
) -> Passage:
    """A passage from text with ``‖LABEL‖`` where a page turns and ``^NUMBER^`` for a note mark."""
    pages, notes, plain = ([PageStart(page, 0)] if page else []), [], ""
    for piece in re.split(r"(‖[^‖]+‖|\^[^^]+\^)", text):
        if piece.startswith("‖") and piece.endswith("‖") and len(piece) > 2:
            pages.append(PageStart(piece[1:-1], len(plain)))
        elif piece.startswith("^") and piece.endswith("^") and len(piece) > 2:
            notes.append(NoteMark(piece[1:-1], len(plain), f"log/n{piece[1:-1]}"))
        else:
            plain += piece
    sentences = tuple(
        (match.start(), match.end()) for match in re.finditer(r"\S.*?(?:[.?!][”’]?(?=\s)|$)", plain)
    )
    source_map = SourceMap(((0, 0),), len(plain))
    return Passage(
        name, "log", ordinal, kind, section, plain, sentences, tuple(pages), source_map, notes=tuple(notes)
    )


def keepers_log() -> StoredEssay:
    """The short essay."""
    passages: list[Passage] = []
    counts: dict[str, int] = {}
    section, page = "", "31"
    for ordinal, (kind, text) in enumerate(_ESSAY, start=1):
        counts[kind] = counts.get(kind, 0) + 1
        name = f"log/{kind[0]}{counts[kind]:02d}" if kind != "note" else f"log/n{counts[kind]}"
        section = text if kind == "heading" else section
        under = "" if kind == "heading" else section
        part = passage(text, kind=kind, name=name, section=under, page=page, ordinal=ordinal)  # type: ignore[arg-type]
        page = part.pages[-1].label
        passages.append(part)
    return stored(passages)


def stored(passages: Sequence[Passage]) -> StoredEssay:
    """Passages as an essay of the library."""
    reference = {"title": "The Keeper’s Log", "author": [{"given": "Ada", "family": "Marsh"}]}
    kinds: dict[str, int] = {
        each.kind: sum(other.kind == each.kind for other in passages) for each in passages
    }
    report = IngestReport(
        essay_id="log",
        title="The Keeper’s Log",
        characters=4000,
        kept=3800,
        layout=180,
        hyphens_joined=(("wea-ther", "weather"),),
        hyphens_kept=("forty-mile",),
        dropped=((3, "THE KEEPER’S LOG", "running head"),),
        removed={"note mark": 2},
        unaccounted=0,
        note_marks=2,
        kinds=kinds,
        pages=3,
        first_page="31",
        last_page="33",
        page_provenance="Page numbers are printed.",
    )
    return StoredEssay(
        id="log",
        reference=reference,
        source_name="log.txt",
        source_sha256="0" * 64,
        reader="text",
        report=report,
        passages=tuple(passages),
    )


def renamed(essay: StoredEssay, essay_id: str) -> StoredEssay:
    """The same essay under another id."""
    passages = tuple(
        replace(each, essay_id=essay_id, id=f"{essay_id}/{each.id.rpartition('/')[2]}")
        for each in essay.passages
    )
    return replace(essay, id=essay_id, passages=passages)


def hit(passage: Passage, *spans: tuple[int, int], style: str = "mla") -> Hit:
    """A hit with the given spans of its text as highlights; only MLA's citations have pages."""
    highlights = tuple(
        Highlight(
            *(start, end, passage.text[start:end]),
            _cited(passage, start, end, style),
            _quoted(passage, start, end, style),
        )
        for start, end in spans
    )
    whole = (0, len(passage.text))
    reference = "Marsh, Ada. “The Keeper’s Log.” Coast Papers, vol. 2, no. 1, 1999, pp. 31–33."
    return Hit(
        passage, 1.0, highlights, _cited(passage, *whole, style), reference, _quoted(passage, *whole, style)
    )


def answer(
    *hits: Hit, verdict: AnswerVerdict = "answers", confidence: float = 0.9, remark: str = ""
) -> Answer:
    """An answer to a question of no matter."""
    return Answer("Why are the entries short?", verdict, confidence, hits, remark)


def words_of(html: str, within: str = "") -> str:
    """Text content of HTML, or of the first element whose class or passage id is ``within``."""
    reader = _Words(within)
    reader.feed(html)
    return "".join(reader.words)


class FakeLibrary(Library):
    """A library in memory that answers by shared words, so that every state of the page can be seen."""

    def __init__(self, *essays: StoredEssay) -> None:
        super().__init__(Path())
        self.held = {essay.id: essay for essay in essays}
        self.gone: dict[str, StoredEssay] = {}

    def snapshot(self) -> Snapshot:
        """The essays in memory, as if they had been read."""
        read = {
            essay_id: ChunkFile((0, 0), essay.source_sha256, essay) for essay_id, essay in self.held.items()
        }
        snapshot = Snapshot(
            self._backend.files, lambda: self._backend.index, dict.fromkeys(self.held, (0, 0, 0))
        )
        snapshot.essays = StoredEssays(self._backend.files, snapshot.stamps, read)
        added = "2026-11-23T09:00:00Z"
        vars(snapshot)["_summaries"] = {
            essay.id: EssaySummary.of(essay, essay.source_sha256, added) for essay in self.held.values()
        }
        return snapshot

    def form(self, essay_id: str, text: str = "") -> dict[str, str]:
        """What a form shows of a record; of no other than the essay's own."""
        assert text == ""
        return form_of(self.essay(essay_id).reference) | {"first-page": ""}

    def record_from_form(self, essay_id: str, form: Mapping[str, str], text: str = "") -> CSLItem:
        """The record that a form was filled in with."""
        assert text == ""
        return record_of(form, self.essay(essay_id).reference)

    def edit(
        self,
        essay_id: str,
        *,
        reference: CSLItem | Path | None = None,
        first_page: str | None = None,
        labels: LabelChanges | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Change the record; pages stay as they are."""
        assert first_page is None
        assert progress is None
        assert labels is None
        assert not isinstance(reference, Path)
        essay = self.essay(essay_id)
        self.held[essay_id] = replace(essay, reference=reference or essay.reference)
        return essay.report

    def remove(self, essay_id: str, *, for_good: bool = False) -> None:
        """Take an essay away."""
        essay = self.essay(essay_id)
        del self.held[essay_id]
        self.gone |= {} if for_good else {essay_id: essay}

    def removed(self) -> dict[str, RemovedEssay]:
        """What can be put back."""
        return {
            essay.id: RemovedEssay(essay.id, essay.report.title, "2026-11-23T10:00:00Z")
            for essay in self.gone.values()
        }

    def restore(self, essay_id: str) -> IngestReport:
        """Put an essay back."""
        self.held[essay_id] = self.gone.pop(essay_id)
        return self.held[essay_id].report

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[PreparedQuotation]]:
        """Each sentence as a quotation, or the library's error."""
        return {
            each.id: [
                PreparedQuotation(_quoted(each, *span, style), _cited(each, *span, style), block=False)
                for span in each.sentences
            ]
            for each in self.essay(essay_id).passages
        }

    def warm(self) -> None:
        """There is nothing to load."""

    def add(
        self,
        path: Path,
        *,
        first_page: str | None = None,
        progress: Progress | None = None,
        **_options: Any,
    ) -> IngestReport:
        """Take the file for the short essay, unless it is empty."""
        if not path.read_text("utf-8").strip():
            raise ReadingError(f"{path.name} holds no words; choose a file with an essay in it.")
        for done in range(3):
            if progress:
                progress("Embedding passages" if first_page is None else "Numbering pages", done, 3)
        self.held["log"] = keepers_log()
        return self.held["log"].report

    def add_files(
        self, files: Iterable[Path | FileToAdd], *, labels: LabelChanges | None = None, **options: Any
    ) -> Iterator[FileOutcome]:
        """Add each file by ``add``."""
        assert labels is None
        for file in files:
            assert isinstance(file, FileToAdd)
            known = {*self.held}
            try:
                report = self.add(file.path, first_page=file.first_page, progress=options.get("progress"))
            except AssistantError as error:
                yield FileOutcome(path=file.path, outcome="failed", message=str(error), error=error)
                continue
            outcome: Became = "unchanged" if report.essay_id in known else "added"
            yield FileOutcome(path=file.path, outcome=outcome, essay=report.essay_id, report=report)

    def answers(
        self,
        question: str,
        *,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        where: Selection = EVERYTHING,
    ) -> Iterator[Answer]:
        """The passages with most words in common with the question; read closely, they answer less."""
        assert not where
        if not self.held:
            raise LibraryError("The library has no essay; add one first.")
        if not question.strip():
            yield Answer(question, verdict="none", confidence=0.0, hits=(), remark="Type a question first.")
            return
        asked = set(re.findall(r"\w{4,}", " ".join([*history[-1:], question]).lower()))
        scored = []
        for essay in self.held.values():
            for each in essay.passages:
                if each.kind in {"paragraph", "blockquote", "note", "verse"} and essay.id in (
                    essays or self.held
                ):
                    spans = sorted(each.sentences, key=lambda span: -_shared(asked, each.text[slice(*span)]))
                    scored.append((_shared(asked, each.text), hit(each, *spans[:1], style=style)))
        scored.sort(key=lambda pair: -pair[0])
        best = scored[0][0]
        hits = tuple(each for _, each in scored[:3])
        read_as = f"{history[-1]} {question[4:]}" if history and question.startswith("And ") else ""
        for is_answer in (True, best > 1):
            verdict: AnswerVerdict = "answers" if is_answer else "none"
            yield Answer(question, verdict, 0.9 if best > 2 else 0.6, hits, read_as=read_as)


def page_widgets() -> AskWidgets:
    """The page's components, on a page of their own."""
    with gr.Blocks():
        return layout(FakeLibrary())


class Tags(HTMLParser):
    """Start tags with the offset of each in the text, counted inside ``.passage-text``."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], int]] = []
        self.characters = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.append((tag, dict(attrs), self.characters))

    def handle_data(self, data: str) -> None:
        """Count the text before the next tag."""
        self.characters += len(data)

    def of(self, name: str) -> list[tuple[dict[str, str | None], int]]:
        """Attributes and offsets of elements with this tag or class."""
        return [
            (attributes, offset)
            for tag, attributes, offset in self.found
            if tag == name or name in (attributes.get("class") or "").split()
        ]


class _Words(HTMLParser):
    _VOID = frozenset({"input", "br", "img", "meta", "link"})

    def __init__(self, within: str) -> None:
        super().__init__(convert_charrefs=True)
        self.within, self.words, self.depth, self.done = within, list[str](), 0 if within else 1, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._VOID:
            return
        values = dict(attrs)
        named = self.within in {*(values.get("class") or "").split(), values.get("data-passage")}
        if self.depth or (self.within and named and not self.done):
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag not in self._VOID:
            self.depth -= 1
            self.done = self.done or (bool(self.within) and not self.depth)

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.words.append(data)


def _shared(asked: set[str], text: str) -> int:
    return len(asked & set(re.findall(r"\w{4,}", text.lower())))


def _cited(passage: Passage, start: int, end: int, style: str) -> Citation:
    if style != "mla":
        return Citation("", f"(Marsh, in {style})")
    labels = passage.pages_of(start, end)
    pages = "-".join(dict.fromkeys([labels[0], labels[-1]])) if labels else ""
    return Citation(pages, f"(Marsh {pages.replace('-', '–')})" if pages else "(Marsh)")


def _quoted(passage: Passage, start: int, end: int, style: str) -> str:
    return f"“{passage.text[start:end]}” {_cited(passage, start, end, style).in_text}"
