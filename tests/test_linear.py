"""Time grows with the length of a text and not with its square, whatever characters the text consists of.

A file without any space, a page of quotation marks or a column of digits can be small. A rule that searches
from each of its characters to the end would still stop the program, for all who use it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import pkgutil
import re
import signal
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_models import essay_of

import assistant
from assistant.attribution.parentheticals import parse as parse_parenthetical
from assistant.attribution.voices import voices_of
from assistant.chunking.chunk import chunk
from assistant.chunking.sentences import split_sentences
from assistant.citations.references import from_title_page, pasted_references
from assistant.citations.setting import set_as_block, set_inline
from assistant.citations.styles import style_named
from assistant.citations.titles import marked_up
from assistant.core.errors import AssistantError
from assistant.documents.html import read_html
from assistant.documents.latex import read_latex
from assistant.documents.latex_essay import read_latex_essay
from assistant.documents.markdown import read_markdown
from assistant.documents.markdown_essay import read_markdown_essay
from assistant.documents.org import read_org
from assistant.documents.plain_notes import with_plain_notes
from assistant.documents.text import read_pages, read_text
from assistant.documents.typst import read_typst
from assistant.drafts.check import Checker
from assistant.drafts.quotations import find_quotations
from assistant.library.adding import essay_of_passages
from assistant.quotations.corpus import Corpus
from assistant.quotations.essays import SourceEssays
from assistant.quotations.normalise import normalise, skeleton
from assistant.quotations.parsing import parse, readings, tokens_of
from assistant.retrieval.questions import Question
from assistant.retrieval.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SHORT, _LONG = 10_000, 100_000
# A reader takes long over each character, so that half the length shows how its time grows.
_SHORT_READ, _LONG_READ = _SHORT // 2, _LONG // 2
# A text ten times as long may take this many times as long. Shorter times than the least are not compared:
# some clocks of processor time advance in steps of a hundredth of a second.
_MOST_GROWTH, _LEAST_SECONDS = 15, 0.1
_TRIALS = 4
# A short text that takes as long as this is too slow, whatever a long one takes.
_MOST_SECONDS = 2.0
_CHARACTERS = (*"aA1-—.,;:'’\"“”()[]{}<*_#\\&@|漢é", " ", "\n", "\f")
# Words and marks of which a text can consist; between them a rule can look for its end.
_TOKENS = (
    "a ", "A. ", "1 ", "a.", "a-", "1,", "a\n", "(a", "[a", '"a" ', "“a” (B 1) ", "s' a", "[^1] ", "# a\n\n",
    "1\n\n", "a-\nb", "\\a{", "<i>", "a and ",
)  # fmt: skip
# A run alone, and runs that a rule could match but for the characters around them.
_FRAMES = ("{}", "a{}¤", "¤{}a")

# Rules that read short texts only: the number of characters that their callers let through.
_BOUNDS = {
    "assistant.attribution.parentheticals._LOCATOR": 1_000,
    "assistant.attribution.parentheticals._SECONDARY": 1_000,
    "assistant.attribution.parentheticals._DIVIDED": 1_000,
    "assistant.attribution.people._LEAD": 60,
    "assistant.attribution.voices._INITIALS_OR_SUFFIX": 1_000,
    "assistant.book_index.capitals._OPENING": 8,
    "assistant.book_index.quoted._AND": 1_000,
    "assistant.book_index.quoted._OTHERS": 1_000,
    "assistant.book_index.titles._OWNED": 60,
    "assistant.documents.furniture._LAST": 80,
    "assistant.documents.furniture._SET_APART": 250,
    "assistant.drafts.citations._SOURCE": 1_000,
}


class _TooSlowError(BaseException):
    """A call has used up its time; no error that the package handles."""


@pytest.fixture(autouse=True)
def no_garbage_collection() -> Iterator[None]:
    """Its time depends on all that the tests have in memory."""
    gc.disable()
    yield
    gc.enable()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _TooSlowError


def _seconds(call: Callable[[str], object], text: str, most: float) -> float:
    """The processor time of a call, at most ``most``; what other programs do meanwhile does not count."""
    before = signal.signal(signal.SIGPROF, _stop)
    start = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, most)
        try:
            call(text)
        except AssistantError:
            pass  # a text may be refused, but soon
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooSlowError:
        return most
    finally:
        signal.signal(signal.SIGPROF, before)
    return time.process_time() - start


def _problem(
    call: Callable[[str], object], frame: str, unit: str, lengths: tuple[int, int] = (_SHORT, _LONG)
) -> str:
    """How a call's time grows too fast on runs of a unit; an empty string if it does not."""
    texts = [frame.replace("{}", unit * (length // len(unit))) for length in lengths]
    short = _seconds(call, texts[0], _MOST_SECONDS)
    if short * (lengths[1] / lengths[0]) ** 2 < _LEAST_SECONDS:
        return ""  # even quadratic growth would not be noticed
    most = 0.0
    for _ in range(_TRIALS):
        most = max(most, _MOST_GROWTH * short, _LEAST_SECONDS)
        if short < _MOST_SECONDS and _seconds(call, texts[1], most) < most:
            return ""
        short = _seconds(call, texts[0], _MOST_SECONDS)
    run = frame.replace("{}", unit)
    return f"{run!r}: {lengths[0]:,} characters in {short:.3f} s, {lengths[1]:,} in over {most:.2f} s"


@cache
def _sources() -> dict[str, str]:
    """The source of each module, by its name; templates and pages are the project's own texts."""
    modules = [module.name for module in pkgutil.walk_packages(assistant.__path__, "assistant.")]
    skipped = ("assistant.__main__", "assistant.rendering.templating", "assistant.web")
    return {
        name: Path(str(importlib.import_module(name).__file__)).read_text("utf-8")
        for name in modules
        if not name.startswith(skipped)
    }


def _rules() -> Iterator[tuple[str, re.Pattern[str], frozenset[str]]]:
    """Each compiled pattern of a module, with its name and the methods by which it is used."""
    everything = "\n".join(_sources().values())
    for module, source in _sources().items():
        for name, value in vars(importlib.import_module(module)).items():
            if not re.search(rf"^{name}\b.*=", source, re.MULTILINE):
                continue
            patterns = value.values() if isinstance(value, dict) else [value]
            for pattern in patterns:
                if isinstance(pattern, re.Pattern):
                    uses = re.findall(rf"\b{name}\.(\w+)\(", source if name[0] == "_" else everything)
                    # A rule that is handed on is matched where a name ends, or searched as one of several.
                    default = "search" if value is not pattern else "match"
                    yield f"{module}.{name}", pattern, frozenset(uses or [default])


def _use(pattern: re.Pattern[Any], methods: frozenset[str]) -> Callable[[str], None]:
    def call(text: str) -> None:
        subject = text if isinstance(pattern.pattern, str) else text.encode()
        for method in methods & {"match", "fullmatch", "search"}:
            getattr(pattern, method)(subject)
        if methods & {"finditer", "findall", "sub", "subn", "split"}:
            for _ in pattern.finditer(subject):
                pass

    return call


@pytest.mark.parametrize(
    ("name", "pattern", "methods"), [pytest.param(*rule, id=rule[0]) for rule in _rules()]
)
def test_a_rule_is_linear(name: str, pattern: re.Pattern[str], methods: frozenset[str]) -> None:
    call = _use(pattern, methods)
    runs = [(frame, unit) for frame in _FRAMES for unit in (*_CHARACTERS, *_TOKENS)]
    if bound := _BOUNDS.get(name):
        texts = [frame.replace("{}", unit * bound)[:bound] for frame, unit in runs]
        assert [text[:20] for text in texts if _seconds(call, text, 0.1) >= 0.1] == []
    else:
        assert next(filter(None, (_problem(call, *run) for run in runs)), "") == ""


def test_bounds_are_those_of_rules() -> None:
    assert _BOUNDS.keys() <= {name for name, _, _ in _rules()}


def _ask(text: str) -> None:
    question = Question.of(text)
    question.content_words, question.quoted_phrases, question.kind_asked, question.is_elliptical  # noqa: B018
    Speller(Counter({"lamp": 1})).corrected(question.text)


def _read_records(text: str) -> None:
    for record in (
        f"@article{{a, title={{{text}}}, author={{{text}}}, pages={{1}}}}",
        f"TY  - JOUR\nTI  - {text}\nAU  - {text}\nSP  - {text}\nER  - \n",
        f"PMID- 1\nTI  - {text}\nFAU - {text}\nDP  - {text}\n",
        f'@string{{s = "{text}"}}\n@misc{{a, title=s # s, year={{{text}}}, howpublished={{{text}}}}}',
        json.dumps([{"id": "a", "type": "book", "title": text, "author": [{"literal": text}]}]),
    ):
        with contextlib.suppress(AssistantError):
            pasted_references(record)
    from_title_page(text, text, "essay")


def _read_quotation(text: str) -> None:
    for reading in readings(text):
        tokens_of(reading.text, parse(reading.text))
    normalise(text)
    skeleton(text)


# What sees a text of a user's, from a file or typed.
_READERS: dict[str, Callable[[str], object]] = {
    "essay": lambda text: chunk(essay_of(text), lambda _: 0.0),
    "essay's file": lambda text: read_pages(text, "-"),
    "voices": lambda text: voices_of(essay_of_passages("e", "T", {"e/p1": text}).passages),
    "sentences": split_sentences,
    "parenthetical": lambda text: parse_parenthetical(f"({text})"),
    "draft in plain text": lambda text: find_quotations(with_plain_notes(read_text(text, "-"))),
    "draft in Markdown": lambda text: find_quotations(with_plain_notes(read_markdown(text, "-"))),
    "essay in Markdown": lambda text: read_markdown_essay(f"# a\n\n{text}", "-"),
    "essay in LaTeX": lambda text: read_latex_essay(text, "-"),
    "page of the web": lambda text: read_html(f"<p>a</p>{text}".encode(), "-"),
    "draft in LaTeX": lambda text: find_quotations(read_latex(text, "-")),
    "draft in Typst": lambda text: find_quotations(read_typst(text, "-")),
    "draft in Org": lambda text: find_quotations(read_org(text, "-")),
    "list of notes": lambda text: with_plain_notes(read_text(f"a[1] {text}\n\nNotes\n\n1. {text}", "-")),
    "quotation": _read_quotation,
    "reused words": lambda text: Corpus([essay_of_passages("e", "T", {"e/p1": text})]).reused(text),
    "printed words": lambda text: (set_inline(text, "(1)"), set_as_block(text, "(1)"), marked_up(text)),
    "question": _ask,
    "record": _read_records,
}
_RUNS = ("a", "1", " ", "\n", "—", "“", '"', "(", "[", "漢", "\f", *_TOKENS)


@pytest.mark.parametrize("name", _READERS)
def test_a_reader_is_linear(name: str) -> None:
    lengths = (_SHORT_READ, _LONG_READ)
    problems = (_problem(_READERS[name], "A. {}¤ b.", unit, lengths) for unit in _RUNS)
    assert next(filter(None, problems), "") == ""


_PRINTED = "the harbour was full of ships that came from the north and nobody counted them"
_ALTERED = "the harbour was full of boats that came from the south and nobody saw them"
# What a draft may have very many of.
_SENTENCES = {
    "paraphrases": "He says that the harbour was full of ships in the winter of that year (Marsh 1). ",
    "quotations": f"He writes “{_PRINTED}” (Marsh 1). ",
    "altered": f"He writes “{_ALTERED}” (Marsh 1). ",
    "without citations": f"He writes “{_PRINTED}” and ",
    "paragraphs": f"He writes “{_PRINTED}” (1).\n\n",
    "other speakers": "Smith argues that it is “full of ships that came from” it (12). ",
    "block quotations": f"\n\n> {_PRINTED}\n\n(Marsh 1)\n\n",
    "straight marks": f'"{_PRINTED}" and ',
    "marks left open": f'"the harbour was full" of ships {_PRINTED} before ',
    "reused words": f"{_PRINTED}, zebra, ",
    "pronouns": f"As Marsh says, they wrote “{_PRINTED}” (3) and so on ",
    "notes": "“the harbour was full of ships”[^1] ",
    "calls of notes": "[^1]",
    "citations": "(Marsh 1; Marsh 2) ",
    "a bracket": "Marsh 1; ",
    "keys": "[@e, 3] ",
    "keys that show nothing": f"“{_PRINTED}” [@x1, 3] ",
    "ibid": f"“{_PRINTED}” (ibid.) ",
    "works in a note": "Marsh 1. Cf. Roe, Saddle (1998, 45). ",
    "short forms": "Marsh, hereafter TN, is cited (TN 1). ",
    "French marks": f"« {_PRINTED} » (Marsh 1). ",
    "signatures": "“full of ships” — Marsh 1\n",
    "titles": "The Tides of the North by Marsh of the Harbour ",
}


@cache
def _checker() -> Checker:
    essay = essay_of_passages("e", "T", {"e/p1": f"{_PRINTED}.", "e/p2": "The lamps were lit."})
    record = {"title": "Tides of the North", "author": [{"family": "Marsh", "given": "Ada"}]}
    return Checker(SourceEssays.of([replace(essay, reference=record)]), style_named("mla", [record]))


@pytest.mark.parametrize("name", _SENTENCES)
def test_the_check_of_a_draft_is_linear(name: str) -> None:
    def check(text: str) -> None:
        # The note grows with the text.
        note = "Marsh, *Tides of the North*, 12; " * (len(text) // 200)
        draft = read_markdown(f"{text}\n\n[^1]: {note}\n", "-")
        _checker().check(draft, nearest=lambda: lambda _sentence, _essay: [])

    frame = "({})" if name == "a bracket" else "{}"
    assert _problem(check, frame, _SENTENCES[name]) == ""
