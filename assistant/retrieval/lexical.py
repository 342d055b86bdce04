"""BM25 over passages: the only module that speaks to bm25s and the stemmer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.retrieval.encoder import Floats

# The language of stems and stop words.
_LANGUAGE = "english"


class BM25:
    """BM25 scores of a question for each of some texts (Robertson's, as in Lucene).

    Args:
        texts: The texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s  # noqa: PLC0415 - brings scipy; most questions need no BM25
        import Stemmer  # noqa: PLC0415 - the same

        self._tokenize = bm25s.tokenize
        self._stemmer = Stemmer.Stemmer(_LANGUAGE)
        tokens = self._tokenize(
            list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False, return_ids=False
        )
        self._count = len(texts)
        self._empty = not any(tokens)
        self._index = bm25s.BM25(method="lucene")
        if not self._empty:
            self._index.index(tokens, show_progress=False)

    def scores(self, question: str) -> Floats:
        """Score of every text, shape ``(texts,)``; 0 where no word of the question stands."""
        words = self.words(question)
        if self._empty or not words:
            return np.zeros(self._count, dtype=np.float32)
        scores: Floats = self._index.get_scores(words).astype(np.float32)
        return scores

    def words(self, question: str) -> list[str]:
        """Stems of the question's words that are not stop words."""
        tokens = self._tokenize(
            [question], stopwords="en", stemmer=self._stemmer, show_progress=False, return_ids=False
        )
        return list(tokens[0])
