"""Drafts with known problems, made of an essay's words and sentences of our own."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.attribution.voices import voices_of
from assistant.drafts.sources import is_titled

if TYPE_CHECKING:
    from assistant.core.essay import Passage, StoredEssay

KINDS = (
    "misquoted", "not found", "wrong page", "no such page", "wrong source", "second-hand", "uncited",
    "unmarked",
)  # fmt: skip

# Sentences of ours around the quotations; none is an essay's.
_BEFORE = (
    "The argument turns at this point:",
    "One sentence sums the matter up, and it runs",
    "Readers have found it hard to disagree that",
    "In the words of the page itself,",
    "Whatever else may be doubted, they hold that",
)
_AFTER = (
    "So much seems settled, though the consequences do not.",
    "My own view differs in one respect only.",
    "Nothing further needs to be said of it here.",
    "That is where the next chapter of this thesis begins.",
    "Others have drawn the opposite conclusion from as little.",
)
_INVENTED = (
    "purple elephants seldom file their taxes before breakfast on a Tuesday",
    "no gardener would trade a rusty shovel for seven bottled thunderstorms",
    "every submarine keeps a nervous librarian beside the periscope",
)
_MARKS = (("“", "”"), ('"', '"'), ("‘", "’"))


# Words of a quotation at second hand.
_LONG = 10


@dataclass(frozen=True, slots=True)
class Item:
    """A quotation of a draft, and what is wrong with it.

    Attributes:
        kind: Kind of the problem, or the empty string.
        before: The writer's words before it.
        opening: Its opening mark, or the empty string.
        words: The quoted words.
        closing: Its closing mark, or the empty string.
        citation: The citation, without the space before it; empty for none.
        pages: The pages in it.
        after: The writer's words after it.
        printed: The printed words, or the empty string.
        right: The right page.
    """

    kind: str
    before: str
    opening: str
    words: str
    closing: str
    citation: str
    pages: str
    after: str
    printed: str
    right: str

    @property
    def text(self) -> str:
        """The paragraph."""
        cited = f" {self.citation}" if self.citation else ""
        return f"{self.before} {self.opening}{self.words}{self.closing}{cited}. {self.after}"

    @property
    def problem_start(self) -> int:
        """Where in the paragraph the problem is to be found."""
        if self.kind == "second-hand":
            return len(f"{self.before} {self.opening}{self.words}{self.closing} ")
        if self.kind in {"wrong page", "no such page"}:
            start = len(f"{self.before} {self.opening}{self.words}{self.closing} ")
            prefixed = f"p. {self.pages}"
            return start + self.citation.rindex(prefixed if prefixed in self.citation else self.pages)
        return len(self.before) + 1


def a_draft(essay: StoredEssay, name: str, seed: int, problems: int = 1, clean: int = 2) -> list[Item]:
    """Paragraphs with quotations in any order.

    Args:
        essay: The essay quoted.
        name: What its author is cited by.
        seed: Of the choice.
        problems: Number of problems of each kind.
        clean: Number of right quotations for each problem.
    """
    chance = random.Random(seed)
    kinds = [*KINDS * problems, *[""] * (clean * problems * len(KINDS))]
    chance.shuffle(kinds)
    items: list[Item] = []
    for kind in kinds:
        item = _item(essay, name, kind, chance)
        # Words of an earlier quotation need no citation of their own.
        while kind != "not found" and any(item.printed in earlier.printed for earlier in items):
            item = _item(essay, name, kind, chance)
        items.append(item)
    return items


def _item(essay: StoredEssay, name: str, kind: str, chance: random.Random) -> Item:
    words, page, other = (_second_hand_words if kind == "second-hand" else _words)(essay, chance)
    printed = words
    if kind == "misquoted":
        words = _misquoted(words, chance)
    elif kind == "not found":
        words = printed = chance.choice(_INVENTED)
    pages = {"wrong page": other, "no such page": str(chance.randint(9000, 9999))}.get(kind, page)
    opening, closing = chance.choice(_MARKS)
    if opening == "‘" and re.search("[’'‘]", words):
        opening, closing = _MARKS[0]
    if kind == "unmarked":
        opening = closing = ""
    citation = "" if kind == "uncited" else _citation(name, pages, chance)
    if kind == "wrong source":
        citation = f"(Smithers {pages})"
    # Unmarked words must not go on from the writer's own: "that" may be printed before them, too.
    before = _BEFORE[0] if kind == "unmarked" else chance.choice(_BEFORE)
    after = chance.choice(_AFTER)
    return Item(kind, before, opening, words, closing, citation, pages, after, printed, page)


def _citation(name: str, pages: str, chance: random.Random) -> str:
    forms = (
        "({name} {pages})",
        "({name} 2026, {pages})",
        "({name}, 2026, p. {pages})",
        "(see {name} {pages})",
    )
    return chance.choice(forms).format(name=name, pages=pages)


def _words(essay: StoredEssay, chance: random.Random) -> tuple[str, str, str]:
    """Words that are printed in one place of an essay, their page and another."""
    whole = "\n".join(passage.text for passage in essay.passages)
    labels = list(dict.fromkeys(page.label for passage in essay.passages for page in passage.pages))
    paragraphs = [passage for passage in essay.passages if passage.kind == "paragraph"]
    while True:
        passage = chance.choice(paragraphs)
        start, end = _run(passage, chance)
        words, pages = passage.text[start:end], passage.pages_of(start, end)
        quoted = re.search('[“”"‘«]|\\.\\s', words) or _in_marks(passage.text[:start])
        # What is capitalised like a title cannot be told from one.
        quoted = quoted or is_titled(words)
        if len(pages) == 1 and whole.count(words) == 1 and not quoted and words[-1].isalpha():
            others = [label for label in labels if label != pages[0]]
            return words, pages[0], chance.choice(others)


def _second_hand_words(essay: StoredEssay, chance: random.Random) -> tuple[str, str, str]:
    """As ``_words``, for words that the essay quotes from somebody whom it names."""
    passages = {passage.id: passage for passage in essay.passages}
    quotations = [
        (passages[passage_id], quoted)
        for passage_id, several in voices_of(essay.passages).items()
        for quoted in several
        if quoted.author and len(passages[passage_id].text[quoted.start : quoted.end].split()) > _LONG
    ]
    while True:
        passage, quoted = chance.choice(quotations)
        words = list(re.finditer(r"\S+", passage.text[quoted.start : quoted.end]))
        first = chance.randrange(len(words) - _LONG)
        start, end = quoted.start + words[first].start(), quoted.start + words[first + _LONG].end()
        text, pages = passage.text[start:end], passage.pages_of(start, end)
        if len(pages) == 1 and not re.search('[“”"‘«/[]|\\.\\s', text) and text[-1].isalpha():
            return text, pages[0], pages[0]


def _in_marks(before: str) -> bool:
    """Whether a text ends within quotation marks: whose words follow is not the author's to say."""
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _run(passage: Passage, chance: random.Random) -> tuple[int, int]:
    words = list(re.finditer(r"\S+", passage.text))
    first = chance.randrange(max(1, len(words) - 12))
    last = min(first + chance.randint(9, 24), len(words) - 1)
    return words[first].start(), words[last].end()


def _misquoted(words: str, chance: random.Random) -> str:
    """Words with one of them changed: a letter, left out, or one put in."""
    parts = words.split()
    long = [index for index, word in enumerate(parts[1:-1], 1) if len(word) > 4 and word.isalpha()]
    index = chance.choice(long) if long else 1
    change = chance.choice(("letter", "gone", "added"))
    if change == "letter":
        half = len(parts[index]) // 2
        parts[index] = (
            parts[index][:half] + ("x" if parts[index][half] != "x" else "z") + parts[index][half + 1 :]
        )
    elif change == "gone":
        del parts[index]
    else:
        parts.insert(index, "zebras")
    return " ".join(parts)
