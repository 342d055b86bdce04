"""Essays built passage by passage, and finders over them with a fake model."""

from __future__ import annotations

from dataclasses import replace

from fake_models import FakeEncoder, piece_id

from assistant.chunking.sentences import split_sentences
from assistant.core.essay import SEARCHED_KINDS, CSLItem, Kind, NoteMark, Passage, SourceMap, StoredEssay
from assistant.library.adding import essay_of_passages
from assistant.retrieval.finder import Finder, Ranking
from assistant.retrieval.index.index import build_index
from assistant.retrieval.models.encoder import Piece


def passage(
    name: str,
    text: str,
    kind: Kind = "paragraph",
    *,
    section: str = "",
    introduced_by: str | None = None,
    notes: tuple[NoteMark, ...] = (),
) -> Passage:
    """A passage; its name is its id, ``ESSAY/NAME``."""
    return Passage(
        id=name,
        essay_id=name.split("/", maxsplit=1)[0],
        ordinal=1,
        kind=kind,
        section=section,
        text=text,
        sentences=split_sentences(text),
        pages=(),
        source_map=SourceMap(((0, 0),), len(text)),
        introduced_by=introduced_by,
        notes=notes,
    )


def essay(*passages: Passage, reference: CSLItem | None = None) -> StoredEssay:
    """An essay of passages in reading order."""
    numbered = tuple(replace(passage, ordinal=number) for number, passage in enumerate(passages, 1))
    name = passages[0].essay_id
    stored = replace(essay_of_passages(name, name, {}), passages=numbered)
    return replace(stored, reference=reference) if reference else stored


def paragraphs(texts: dict[str, str], *, sections: tuple[str, ...] = ()) -> StoredEssay:
    """An essay of paragraphs, given as texts by id; ``sections`` has a section for each, if given."""
    numbered = zip(texts.items(), sections or ("",) * len(texts), strict=True)
    return essay(*(passage(name, text, section=section) for (name, text), section in numbered))


def finder_of(*essays: StoredEssay, encoder: FakeEncoder | None = None) -> Finder:
    """A finder in some essays; as in a library, only passages of the searched kinds are in the index."""
    encoder = encoder or FakeEncoder()
    searched = [passage for essay in essays for passage in essay.passages if passage.kind in SEARCHED_KINDS]
    return Finder(build_index(searched, {}, encoder), encoder, {essay.id: essay for essay in essays})


def order(ranking: Ranking) -> list[str]:
    """Ids of the ranked passages, best first."""
    return [result.passage for result in ranking.ranked]


def scores(ranking: Ranking) -> dict[str, float]:
    """Score of each ranked passage."""
    return {result.passage: result.score for result in ranking.ranked}


def marked(finder: Finder, ranking: Ranking, name: str) -> list[str]:
    """Words of a ranked passage that are marked as answering."""
    text = finder.passages[name].text
    ranked = next(result for result in ranking.ranked if result.passage == name)
    return [text[start:end] for start, end in finder.highlights(ranking, ranked)]


class Halving(FakeEncoder):
    """A fake model that splits all words but some into two pieces.

    Args:
        known: The words that it does not split.
    """

    def __init__(self, known: str) -> None:
        super().__init__()
        self._known = set(known.casefold().split())

    def pieces(self, text: str) -> list[Piece]:
        """Words, halves of words and punctuation marks of a text."""
        pieces = []
        for piece in super().pieces(text):
            word = text[piece.start : piece.end]
            middle = (piece.start + piece.end) // 2
            if len(word) < 2 or word.casefold() in self._known:
                pieces.append(piece)
            else:
                pieces += [
                    Piece(piece_id(text[start:end]), start, end)
                    for start, end in ((piece.start, middle), (middle, piece.end))
                ]
        return pieces


TEXTS = {
    "coast/p01": "This essay argues that bells are kinder than guns. I begin with guns. Then come bells.",
    "coast/p02": "The keeper lit the lamp before dusk. Kathy’s diary says so—twice.",
    "coast/p03": "Was the keeper awake? The lamp was. Nobody saw the bell (C++ [sic]) ring.",
    "coast/p04": "Fog came. Ships lay off the rock; keeper and lamp were lost.",
    "coast/p05": "In conclusion bells are kind. Let them ring.",
}
SECTIONS = ("", "Keepers of the Lamp", "Keepers of the Lamp", "Fog at Sea", "Conclusion")
COAST = paragraphs(TEXTS, sections=SECTIONS)


def two() -> tuple[StoredEssay, StoredEssay]:
    """Two essays, by Marsh and by Ash, with a phrase, a heading and all parts in common."""
    moor = {
        "moor/p01": "This essay argues that moors are wide. I argue for sheep. Peat burns.",
        "moor/p02": "The keeper lit the lamp before dusk. I argue for peat.",
        "moor/p03": "In conclusion moors are wide. Sheep agree.",
    }
    marsh = {"title": "Coast", "author": [{"family": "Marsh", "given": "Ada"}]}
    ash = {"title": "Moor", "author": [{"family": "Ash", "given": "Bea"}]}
    paragraphs_of_moor = paragraphs(moor, sections=("", "Keepers of the Lamp", "End"))
    return essay(*COAST.passages, reference=marsh), essay(*paragraphs_of_moor.passages, reference=ash)
