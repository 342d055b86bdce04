"""Search the shards of a library together, with the result of one index of all essays, to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.cluster.fleet import Fleet
from assistant.cluster.related import ShardedRelated
from assistant.cluster.sent import (
    Candidates,
    Counts,
    Explained,
    FirstEssays,
    LibraryFrequencies,
    ReadEssay,
    ScoredPassages,
    Selected,
    SentQuery,
    ShardFacts,
    ShardRows,
    ShardSelection,
)
from assistant.core.answer import Match
from assistant.core.errors import LibraryError
from assistant.core.essay import Passage, Span, Spans
from assistant.core.recent import Recent
from assistant.library.models import OutdatedError
from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import (
    Frequencies,
    TextCollection,
    counted_words,
    term_of,
    words_of,
)
from assistant.retrieval.index.index import Vocabulary
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.index.vectors import is_searched_in_part
from assistant.retrieval.models.encoder import Encoder, Floats
from assistant.retrieval.passages import SelectedPassages
from assistant.retrieval.ranking import Query, Ranked, piece_weights
from assistant.retrieval.search import QuestionSearch, mean_of_scaled

if TYPE_CHECKING:
    from assistant.retrieval.models.cross_encoder import ReadingModel

# Questions of which it is remembered what is shown of their first passages.
_MOST_REMEMBERED = 16
# Passages that are explained together.
_EXPLAINED = 3
# Windows whose place in their passage is remembered.
_MOST_SPANS = 100_000
# After so many questions the frequencies of a library of at most so many words in all shards are asked for.
_FEW_QUESTIONS, _MOST_TERMS = 1, 2_000_000
# Words of which it is remembered whether they occur.
_MOST_WORDS = 1_000


class ShardedSearch(QuestionSearch[ShardRows]):
    """Ranks the passages of shards.

    Args:
        fleet: The shards.
        facts: What is known of each shard, by its name.
        encoder: The model that encoded them.
        openings: The arguments with which each was opened, by its name.
        essays: The essays that they have sent.
        ignored: Casefolded words that name an essay and not what is asked about it, such as its author.
    """

    def __init__(
        self,
        fleet: Fleet,
        facts: Mapping[str, ShardFacts],
        encoder: Encoder,
        openings: Mapping[str, Sequence[Any]],
        essays: FirstEssays,
        ignored: Collection[str],
    ) -> None:
        super().__init__(encoder, ignored)
        self._fleet, self.facts, self._openings = fleet, facts, openings
        self._essays = essays
        self._owners = {essay: name for name, shard in facts.items() for essay in shard.passages}
        self._firsts: dict[str, int] = {}
        total = 0
        for essay in sorted(self._owners):
            self._firsts[essay] = total
            total += facts[self._owners[essay]].passages[essay]
        texts = [shard.texts for shard in facts.values()]
        self.texts = TextCollection(sum(each.texts for each in texts), sum(each.words for each in texts))
        self._windows = sum(shard.windows for shard in facts.values())
        self._ids: dict[str, list[str]] = {}
        self._words: dict[str, tuple[int, ...]] = {}
        self._explained: dict[tuple[int, int, str, float], tuple[object, Explained]] = {}
        self._has_terms: dict[str, bool] = Recent(_MOST_WORDS)
        self._spans: dict[tuple[str, int], Span] = {}
        self._sent_queries: dict[int, SentQuery] = Recent(_MOST_REMEMBERED)
        self._known: LibraryFrequencies | None = None
        self._counted = 0

    # Calls of shards.

    def _ask(self, shard: str, method: str, *arguments: Any) -> Any:
        return self.each(method, {shard: arguments})[shard]

    def each(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """What a method of the indexes of several shards returns, by shard; see ``Fleet.call_each``."""
        asked = {name: (self.facts[name].key, method, *values) for name, values in arguments.items()}
        try:
            return self._fleet.call_each("search", asked, self._openings)
        except OutdatedError as error:
            # A shard that had to open its index again has other essays by now.
            raise LibraryError("The library has just been changed; ask again.") from error

    def _all(self, method: str, *arguments: Any) -> list[Any]:
        return list(self.each(method, dict.fromkeys(self.facts, arguments)).values())

    def owner_of(self, passage: str) -> str:
        """The shard of a passage."""
        return self._owners[passage.rpartition("/")[0]]

    def place_of(self, passage: str, within: int) -> int:
        """Place of a passage among those of all essays.

        Args:
            passage: Its id.
            within: Its place among those of its essay.
        """
        return self._firsts[passage.rpartition("/")[0]] + within

    def related(self) -> ShardedRelated:
        """What finds the passages that are near to another."""
        return ShardedRelated(self)

    # What the library has.

    def passage_ids(self, essay: str) -> Collection[str]:
        """Ids of the passages of an essay that have a window."""
        if essay not in self._ids:
            self._ids[essay] = self._ask(self._owners[essay], "passage_ids", essay)
        return self._ids[essay]

    def vocabulary(self) -> Vocabulary:
        """How often the essays print each word."""
        total = Vocabulary()
        for words in self._all("vocabulary"):
            total.update(words)
        return total

    def has_word(self, word: str) -> bool:
        """Whether some form of a word, or of each of its parts, occurs in a passage."""
        parts = words_of(word)
        if self._known is not None:
            return all(self._known.words.have([term_of(part) for part in parts]))
        unknown = [part for part in parts if part not in self._has_terms]
        if unknown:
            self._remember_terms(unknown, self._all("has_terms", unknown))
        return all(self._has_terms.get(part, True) for part in parts)

    def _remember_terms(self, words: Sequence[str], found: Iterable[Sequence[bool]]) -> None:
        for word, of_shards in zip(words, zip(*found, strict=True), strict=True):
            self._has_terms[word] = any(of_shards)

    def passages_containing(self, phrases: Sequence[str]) -> list[str]:
        """Ids of the passages that contain one of some phrases."""
        is_large = self._windows > ranking.SCORE_ALL
        found = self.each("containing", dict.fromkeys(self.facts, (tuple(phrases), is_large)))
        return list(chain.from_iterable(found.values()))

    def rows(self, passages: Collection[str] | None) -> ShardRows:
        """Windows of some passages, or of all for ``None``."""
        if passages is None:
            rows = ShardRows(dict.fromkeys(self.facts), self._count, are_all=True)
            rows.counted(self._windows)
            return rows
        if isinstance(passages, SelectedPassages):
            return ShardRows(self._selected(passages), self._count)
        owned: dict[str, list[str]] = {}
        for passage in passages:
            if (owner := self._owners.get(passage.rpartition("/")[0])) is not None:
                owned.setdefault(owner, []).append(passage)
        return ShardRows({name: frozenset(ids) for name, ids in owned.items()}, self._count)

    def _selected(self, passages: SelectedPassages) -> dict[str, Selected]:
        essays: dict[str, list[str]] = {}
        for essay in passages.essays:
            if (owner := self._owners.get(essay)) is not None:
                essays.setdefault(owner, []).append(essay)
        only: dict[str, list[str]] = {}
        for passage in passages.only or ():
            if (owner := self._owners.get(passage.rpartition("/")[0])) is not None:
                only.setdefault(owner, []).append(passage)
        return {
            name: ShardSelection(
                frozenset(own),
                passages.kinds,
                None if passages.only is None else frozenset(only.get(name, ())),
            )
            for name, own in essays.items()
        }

    def _count(self, selected: Mapping[str, Selected]) -> int:
        return sum(self.each("count", {name: (ids,) for name, ids in selected.items()}).values())

    # Questions.

    def weights_with_content(self, query: Query, rows: ShardRows) -> tuple[Floats, Floats]:
        """The weights for ranking, and weights of content words only; see ``ranking.shares``."""
        known = self._frequencies() if rows.are_all else None
        if known is not None:
            frequencies = known.pieces.of_terms(query.ids.tolist())
            return piece_weights(query, frequencies, known.passages, self._ignored)
        # The frequencies of words are those of the whole library, so all shards are asked.
        sent = self._sent(query)
        asked = {name: (rows.selected.get(name, frozenset()), sent) for name in self.facts}
        counts: list[Counts] = list(self.each("counts", asked).values())
        rows.counted(sum(each.windows for each in counts))
        self._remember_words(query.text, counts)
        self._remember_terms(words_of(query.text), [each.has_terms for each in counts])
        frequencies = np.array([each.frequencies for each in counts], dtype=np.int64).sum(axis=0)
        return piece_weights(query, frequencies, sum(each.passages for each in counts), self._ignored)

    def _frequencies(self) -> LibraryFrequencies | None:
        """The frequencies of the whole library, if it is small enough to be asked for them all.

        They spare all further questions a round of calls; a program that asks once needs those of one alone.
        """
        if self._known is None and sum(shard.terms for shard in self.facts.values()) <= _MOST_TERMS:
            self._counted += 1
            if self._counted > _FEW_QUESTIONS:
                parts: list[LibraryFrequencies] = self._all("frequencies")
                self._known = LibraryFrequencies(
                    Frequencies.total([part.pieces for part in parts]),
                    Frequencies.total([part.words for part in parts]),
                    sum(part.passages for part in parts),
                )
        return self._known

    def _sent(self, query: Query) -> SentQuery:
        """A question as it is sent to shards."""
        sent = self._sent_queries.get(id(query))
        if sent is None or sent.query is not query:
            self._sent_queries[id(query)] = sent = SentQuery(query)
        return sent

    def _remember_words(self, text: str, counts: Sequence[Counts]) -> tuple[int, ...]:
        if len(self._words) >= _MOST_REMEMBERED:
            self._words = {}
        total = tuple(map(sum, zip(*(each.words for each in counts), strict=True)))
        self._words[text] = total
        return total

    def _word_frequencies(self, query: Query) -> tuple[int, ...]:
        if self._known is not None:
            terms = [term_of(word) for word in counted_words(query.text)]
            return tuple(self._known.words.of_terms(terms).tolist())
        known = self._words.get(query.text)
        if known is None:
            known = self._remember_words(query.text, self._all("counts", frozenset(), self._sent(query)))
        return known

    def rank_by_late_interaction(self, query: Query, weights: Floats, rows: ShardRows) -> list[Ranked]:
        """Passages of some windows by late interaction, best first; see ``ranking.rank``."""
        if not len(rows) or not len(query.ids):
            return []
        asked: dict[str, Sequence[Any]]
        sent = self._sent(query)
        if len(rows) > ranking.SCORE_ALL:
            chosen = self._chosen(query, rows)
            asked = {name: (sent, weights, None, which) for name, which in chosen.items()}
        else:
            asked = {name: (sent, weights, selected) for name, selected in rows.selected.items()}
        ranked: list[Ranked] = []
        for scored in self.each("score", asked).values():
            ranked += self._ranked(scored)
        ranked = ranking.in_order(ranked)
        self._explain_first(query, weights, ranked[:_EXPLAINED])
        return ranked

    def _chosen(self, query: Query, rows: ShardRows) -> dict[str, tuple[Any, Any]]:
        """Of a large library, what is scored of each shard: windows, and numbers of passages."""
        words, sent = self._word_frequencies(query), self._sent(query)
        in_part = is_searched_in_part(len(rows), self._windows)
        asked = {name: (ids, sent, self.texts, words, in_part) for name, ids in rows.selected.items()}
        found: dict[str, Candidates] = self.each("candidates", asked)
        names = list(found)
        shards = np.repeat(np.arange(len(names)), [len(each.rows) for each in found.values()])
        near = np.concatenate([each.rows for each in found.values()])
        first = ranking.first_nearest(np.concatenate([each.cosines for each in found.values()]))
        owners = np.repeat(np.arange(len(names)), [len(each.numbers) for each in found.values()])
        numbers = np.concatenate([each.numbers for each in found.values()])
        lexical = self.best_by_words(list(found.values()))
        return {
            name: (near[first[shards[first] == number]], numbers[lexical[owners[lexical] == number]])
            for number, name in enumerate(names)
            if (shards[first] == number).any() or (owners[lexical] == number).any()
        }

    def best_by_words(self, found: Sequence[Candidates]) -> Any:
        """Indices of the passages that share most words with a question; see ``BM25.best``."""
        scores = np.concatenate([each.scores for each in found])
        if len(scores) <= ranking.BY_WORDS:
            return np.arange(len(scores))
        lowest = np.partition(scores, len(scores) - ranking.BY_WORDS)[len(scores) - ranking.BY_WORDS]
        best = np.flatnonzero(scores >= lowest)
        if len(best) > ranking.BY_WORDS:
            places = np.concatenate([self._places(each) for each in found])
            best = best[best_first(scores[best], places[best])[: ranking.BY_WORDS]]
        return best

    def _places(self, candidates: Candidates) -> Any:
        """Places of passages by essay and, within one, by number."""
        essays = [passage.rpartition("/")[0] for passage in candidates.passages]
        # Numbers within an index are higher than those of all passages before an essay.
        return (
            np.array([self._firsts[essay] for essay in essays], dtype=np.int64) * (1 << 32)
            + candidates.numbers
        )

    def _ranked(self, scored: ScoredPassages) -> list[Ranked]:
        firsts = (self._firsts[passage.rpartition("/")[0]] for passage in scored.passages)
        columns = (
            scored.passages,
            scored.scores.tolist(),
            scored.windows.tolist(),
            scored.cosines,
            [first + place for first, place in zip(firsts, scored.places.tolist(), strict=True)],
        )
        return [Ranked(*values) for values in zip(*columns, strict=True)]

    def windows_by_nearness(self, query: Query, rows: ShardRows) -> tuple[Floats, list[Ranked]]:
        """The weights of a query's pieces, and all of some windows by late interaction, best first."""
        weights, sent = self.weights(query, rows), self._sent(query)
        asked = {name: (sent, weights, selected) for name, selected in rows.selected.items()}
        ranked: list[Ranked] = []
        for scored in self.each("score_windows", asked).values():
            windows = self._ranked(scored)
            for each, span in zip(windows, scored.spans, strict=True):
                self._remember_span(each, span)
            ranked += windows
        return weights, sorted(ranked, key=lambda window: (-window.score, window.place, window.window))

    # What is shown of a ranked passage.

    def window(self, ranked: Ranked) -> Span:
        """Where the best window of a ranked passage is in its text."""
        span = self._spans.get((ranked.passage, ranked.window))
        if span is None:
            span = self._ask(self.owner_of(ranked.passage), "window", ranked)
            self._remember_span(ranked, span)
        return span

    def _remember_span(self, ranked: Ranked, span: Span) -> None:
        if len(self._spans) >= _MOST_SPANS:
            self._spans.clear()
        self._spans[ranked.passage, ranked.window] = span

    def highlight(self, query: Query, weights: Floats, ranked: Ranked, passage: Passage) -> Spans:
        """The sentences of a ranked passage that answer; see ``ranking.highlight``."""
        del passage
        return self._explanation(query, weights, ranked).spans

    def matches(
        self, query: Query, weights: Floats, ranked: Ranked, passages: Mapping[str, Passage]
    ) -> tuple[Match, ...]:
        """Why a passage has its rank, word by word of the question; see ``explain.matches_of``."""
        del passages
        return self._explanation(query, weights, ranked).matches

    def _explanation(self, query: Query, weights: Floats, ranked: Ranked) -> Explained:
        key = id(query), id(weights), ranked.passage, ranked.score
        known = self._explained.get(key)
        if known is not None:
            return known[1]
        owner, sent = self.owner_of(ranked.passage), self._sent(query)
        explained: Explained = self._ask(owner, "explained", sent, weights, ranked)
        self._remember(query, weights, ranked, explained)
        return explained

    def _explain_first(self, query: Query, weights: Floats, ranked: Sequence[Ranked]) -> None:
        """Ask at once for what is shown of the first passages, and for their essays."""
        owned = self._by_owner(ranked)
        asked, sent = {}, self._sent(query)
        for name, own in owned.items():
            essays = {each.passage.rpartition("/")[0] for each in own}
            asked[name] = sent, weights, own, self._essays.missing(essays)
        shown: dict[str, list[tuple[Explained, ReadEssay | None] | None]] = self.each("first", asked)
        for name, own in owned.items():
            for each, found in zip(own, shown[name], strict=True):
                if found is not None:
                    self._remember(query, weights, each, found[0])
                    if found[1] is not None:
                        self._essays.add(each.passage.rpartition("/")[0], found[1])

    def _remember(self, query: Query, weights: Floats, ranked: Ranked, explained: Explained) -> None:
        """Remember what is shown of a passage; its score may be changed afterwards."""
        self._remember_span(ranked, explained.window)
        if len(self._explained) >= _MOST_REMEMBERED * 8:
            self._explained = {}
        # The objects are kept, so that no others get their ids.
        key = id(query), id(weights), ranked.passage, ranked.score
        self._explained[key] = (query, weights), explained

    def read(
        self,
        model: ReadingModel,
        question: str,
        ranked: Sequence[Ranked],
        excerpt: Callable[[Ranked], str],
    ) -> list[float]:
        """The logit that each of some passages answers, read where they are; see ``PassageSearch.read``."""
        owned = self._by_owner(ranked)
        found: dict[str, list[float]] = self.each(
            "read", {name: (question, own) for name, own in owned.items()}
        )
        if not all(found.values()):
            # Where a shard cannot, it is done here as in a folder, and told if this cannot either.
            return model.read(question, [excerpt(each) for each in ranked])
        logits = {
            each.passage: logit
            for name, own in owned.items()
            for each, logit in zip(own, found[name], strict=True)
        }
        return [logits[each.passage] for each in ranked]

    def _by_owner(self, ranked: Iterable[Ranked]) -> dict[str, list[Ranked]]:
        """Some ranked passages by shard."""
        owned: dict[str, list[Ranked]] = {}
        for each in ranked:
            owned.setdefault(self.owner_of(each.passage), []).append(each)
        return owned

    def nearest_sentence(self, query: Query, weights: Floats, passage: str, sentences: Spans) -> Spans:
        """The nearest of some sentences of a passage, given by its id; see ``ranking.nearest_sentence``."""
        owner, sent = self.owner_of(passage), self._sent(query)
        spans: Spans = self._ask(owner, "nearest_sentence", sent, weights, passage, sentences)
        return spans

    def _by_method(self, method: str, query: Query, rows: ShardRows) -> list[tuple[str, float]]:
        parts = ("bm25", "windows") if method == "fusion" else (method,)
        words, sent = self._word_frequencies(query), self._sent(query)
        names: list[str] = []
        places: list[int] = []
        columns: list[Floats] = []
        for part in parts:
            asked = {
                name: (part, sent, selected, self.texts, words) for name, selected in rows.selected.items()
            }
            found = list(self.each("by_method", asked).values())
            names = [name for ids, _, _ in found for name in ids]
            places = [
                self._firsts[name.rpartition("/")[0]] + place
                for ids, own, _ in found
                for name, place in zip(ids, own.tolist(), strict=True)
            ]
            columns.append(np.concatenate([scores for _, _, scores in found]))
        scores = rounded(mean_of_scaled(*columns) if method == "fusion" else columns[0])
        return [(names[number], float(scores[number])) for number in best_first(scores, places)]
