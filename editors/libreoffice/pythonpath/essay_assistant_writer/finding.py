"""What the dialog for quotations shows: passages that were found, their sentences, the quotation."""

from __future__ import annotations

from typing import Any, Sequence

from essay_assistant_writer.client import AssistantError, Client
from essay_assistant_writer.quotation import Quotation

_VERDICTS = {
    "answers": "The passages that answer, best first.",
    "near": "No passage says this outright; these come nearest.",
    "none": "The essays do not seem to answer this. The nearest passages.",
}
# Characters of a line in a list.
_LONGEST = 110


class Finding:
    """One search, and what is chosen of it.

    Args:
        client: Asks the server.
        language: Tag of the document's language; empty if it is not known.

    Attributes:
        verdict: A sentence on the passages.
        chosen: Indices of the sentences to quote, without gaps.
    """

    def __init__(self, client: Client, language: str) -> None:
        self._client, self._language, self._style = client, language, ""
        self._passages: list[dict[str, Any]] = []
        self._set: dict[str, Any] = {}
        self.verdict = ""
        self.chosen: tuple[int, ...] = ()

    def ask(self, question: str, style: str) -> None:
        """Search for passages.

        Raises:
            AssistantError: If nothing is asked, or the server does not answer.
        """
        if not question.strip():
            raise AssistantError("Type a question, or words that you look for.")
        answer = self._client.ask(question, style)
        self._style, self._passages, self._set, self.chosen = style, answer["passages"], {}, ()
        self.verdict = " ".join(filter(None, [answer.get("note"), _VERDICTS[answer["verdict"]]]))
        if not self._passages:
            self.verdict = answer.get("note") or "Nothing was found; ask in other words."

    def passage_lines(self) -> list[str]:
        """A line for each passage: where it is, how it is cited, its first words."""
        return [_shortened(f"{_best_citation(each)}  {_first_words(each)}") for each in self._passages]

    def choose(self, number: int) -> None:
        """Choose a passage, and of it the sentences that answer."""
        passage = self._passages[number]
        marked = [(each["start"], each["end"]) for each in passage["highlights"]]
        self._set = self._client.insert(
            passage["id"], self._style, **self._options(*(marked[:1] or [(0, None)])[0])
        )
        self.chosen = self._within(self._set["start"], self._set["end"])

    def sentence_lines(self) -> list[str]:
        """A line for each sentence of the passage."""
        return [_shortened(each["text"]) for each in self._set.get("sentences", [])]

    def choose_sentences(self, numbers: Sequence[int]) -> None:
        """Choose sentences; those between them are quoted too."""
        if not numbers:
            raise AssistantError("Choose at least one sentence.")
        sentences = self._set["sentences"]
        start, end = sentences[min(numbers)]["start"], sentences[max(numbers)]["end"]
        self._set = self._client.insert(self._set["passage"], self._style, **self._options(start, end))
        self.chosen = self._within(start, end)

    def set_in(self, style: str) -> None:
        """Set the quotation in a style that was chosen after the search."""
        if style != self._style:
            self._set = self._client.insert(
                self._set["passage"], style, **self._options(self._set["start"], self._set["end"])
            )
            self._style = style

    @property
    def quotation(self) -> Quotation:
        """The quotation that is chosen."""
        return Quotation.of(self._set)

    def _options(self, start: int, end: int | None) -> dict[str, Any]:
        options: dict[str, Any] = {"start": start, "language": self._language, "end": end}
        return {name: value for name, value in options.items() if value not in {None, ""}}

    def _within(self, start: int, end: int) -> tuple[int, ...]:
        sentences = enumerate(self._set["sentences"])
        return tuple(number for number, each in sentences if each["start"] < end and start < each["end"])


def _best_citation(passage: dict[str, Any]) -> str:
    return str((passage["highlights"] or [passage])[0]["citation"])


def _first_words(passage: dict[str, Any]) -> str:
    return str((passage["highlights"] or [passage])[0]["text"])


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rpartition(' ')[0]} …"
