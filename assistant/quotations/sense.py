"""What the writer's marks may do to the sense of a quotation whose words are printed so.

An omission or a bracket is the writer's right, and yet may turn a sentence into its opposite. Only what can
be told from the words is told: it is a warning, and the verdict stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.core.quotation import SenseWarning, WarningKind
from assistant.quotations.clauses import (
    CLAUSE,
    SHORT_CLAUSE,
    figures_joined,
    first_clause,
    last_clause,
    last_word,
    lost_negations,
    moved_negation,
)
from assistant.quotations.matching import Step
from assistant.quotations.printed import Print
from assistant.quotations.words import (
    OPPOSITES,
    QUANTIFIERS,
    figures_in,
    is_negation,
    is_number_word,
    is_opposite_form,
    names_in,
    negations_in,
    words_of,
)

# Printed words from which an omission joins places far apart: two or three sentences. Over the end of a
# paragraph it is fewer, for what is said there may be another matter.
_FAR, _FAR_PARAGRAPHS = 60, 40
# Brackets in a row, with no printed word between them, from which they are a sentence of the writer's.
_ROW = 4
# Characters of print around an omission that are looked at.
_AROUND = 160
# Words before a quotation among which a negation denies its first word: "hardly anyone".
_BESIDE = 2
_JOINING = frozenset("'’-.,:")
_ARTICLES = frozenset("the a an young old of".split())
# Begins an explanation in brackets, whose negation is its own.
_EXPLAINING = re.compile(
    r"(?:and|or|but|that is|i\.e\.|as|who|which|though|although|because|since|for|namely|here|meaning|rather|"
    r"even|d\. ?h\.|also|und|nämlich|c'est-à-dire)\b",
    re.IGNORECASE,
)
# What a writer says in brackets of the quotation itself.
_EDITORIAL = re.compile(
    r"\b(?:sic|emphas\w*|italics?|italici[sz]ed|original|translat\w*|trans|mine|added|omitted|spelling|"
    r"hervor\w*|übers\w*|kursiv\w*|auslassung\w*|souligné|soulignement|traduction|note)\b",
    re.IGNORECASE,
)


def warnings_of(steps: Sequence[Step], printed: Print, text: str) -> tuple[SenseWarning, ...]:
    """What the editing marks of an exact quotation may do to its sense.

    Args:
        steps: How the quotation matches the print.
        printed: The print.
        text: The quotation.
    """
    if not any(step.kind in {"ellipsis", "insertion", "substitution", "capital"} for step in steps):
        return ()
    found = dict.fromkeys(_Sense(steps, printed, text).warnings())
    return tuple(SenseWarning(kind, sentence) for kind, sentence in found)


_Warning = tuple[WarningKind, str]


@dataclass(frozen=True, slots=True)
class _Group:
    """Marks of the writer's with no printed words between them.

    Attributes:
        steps: Their steps.
        start: Offset in the stream of the print that they stand for.
        end: Offset after it.
    """

    steps: list[Step]
    start: int
    end: int

    @property
    def brackets(self) -> list[str]:
        """What is in brackets of their own, remarks on the quotation apart."""
        return [
            step.item.inner
            for step in self.steps
            if step.item.kind == "bracket"
            and not _is_within_word(step)
            and not _EDITORIAL.search(step.item.inner)
        ]

    @property
    def has_ellipsis(self) -> bool:
        """Whether one of them is an ellipsis."""
        return any(step.kind == "ellipsis" for step in self.steps)


class _Sense:
    """Arguments as for ``warnings_of``."""

    def __init__(self, steps: Sequence[Step], printed: Print, text: str) -> None:
        self._steps, self._printed, self._quotation = steps, printed, text
        self._print = printed.stream.text

    def warnings(self) -> Iterator[_Warning]:
        groups = self._groups()
        for group in groups:
            taken = self._print[group.start : group.end]
            if group.has_ellipsis and group.start < group.end:
                yield from self._of_omission(group, taken)
            if group.brackets:
                yield from self._of_brackets(group, taken)
        yield from self._ends(groups)
        for step in self._steps:
            if _is_within_word(step) and step.kind in {"insertion", "substitution"}:
                yield from self._of_word(step)
        yield from self._of_number(groups)

    def _groups(self) -> list[_Group]:
        """The writer's marks, those beside each other together; brackets within words are none."""
        groups: list[_Group] = []
        beside = False
        for step in self._steps:
            if step.kind in {"ellipsis", "insertion", "substitution", "capital"} and not _is_within_word(
                step
            ):
                start, end = self._printed.span(step.start, step.end)
                if beside:
                    last = groups[-1]
                    groups[-1] = _Group([*last.steps, step], min(last.start, start), max(last.end, end))
                else:
                    groups.append(_Group([step], start, end))
                beside = True
            elif step.kind != "sic":
                beside = not any(ch.isalnum() for ch in self._words(step)) and beside
        return groups

    def _negations(self, text: str) -> list[str]:
        """Negations in the language of the essay, which the print beside the quotation tells."""
        start = self._printed.span(self._steps[0].start, self._steps[-1].end)[0]
        return negations_in(text, self._print[max(0, start - _AROUND) : start + 2 * _AROUND])

    def _words(self, step: Step) -> str:
        return self._printed.words(step.start, step.end)

    # -- omissions

    def _of_omission(self, group: _Group, taken: str) -> Iterator[_Warning]:
        before = self._print[max(0, group.start - _AROUND) : group.start]
        after = self._print[group.end : group.end + _AROUND]
        set_negations = [word for inner in group.brackets for word in self._negations(inner)]
        lost = lost_negations(before, taken, after)
        if lost and not set_negations:
            yield "negation", f"The omission takes out “{lost[0]}”."
        elif not lost and not set_negations and (moved := moved_negation(before, taken, after)):
            yield "negation", f"The omission makes “{moved}” deny other words than in print."
        if not group.brackets:
            for sentence in figures_joined(before, taken, after):
                yield "figure", sentence
            yield from self._names_joined(before, taken, after)
        yield from self._distance(group, taken)

    def _names_joined(self, before: str, taken: str, after: str) -> Iterator[_Warning]:
        """A name to which an omission gives what is said of another."""
        subject, other = last_word(before), last_word(taken)
        first = words_of(after)[:1]
        if not (subject and other and first and first[0].islower()) or CLAUSE.search(taken[-1:]):
            return
        (names, others) = (names_in(word, self._print) for word in (subject, other))
        if names and others and not set(names) & set(others) and CLAUSE.search(taken):
            yield "name", f"The omission gives to “{subject}” what is said of “{other}”."

    def _distance(self, group: _Group, taken: str) -> Iterator[_Warning]:
        words = len(words_of(taken))
        stream = self._printed.stream
        (first, _), (last, _) = (
            stream.located(max(0, group.start - 1)),
            stream.located(max(group.end - 1, group.start)),
        )
        if first.section != last.section:
            yield "distance", f"The omission joins two sections; it leaves out {words} printed words."
        elif words > (_FAR if first is last else _FAR_PARAGRAPHS):
            where = "" if first is last else " and the end of a paragraph"
            yield "distance", f"The omission leaves out {words} printed words{where}."

    def _ends(self, groups: Sequence[_Group]) -> Iterator[_Warning]:
        """Marks at either end of the quotation, in whose place print has words beside the quotation."""
        first = self._steps[0]
        if first.kind == "capital" and _is_within_word(first):
            position = self._printed.span(first.start, first.end)[0]
            before = last_clause(self._print[max(0, position - _AROUND) : position])
            if before and is_negation(before[0]):
                yield "negation", _left_out(before[0], "before")
        for group, at_start in ((groups[:1], True), (groups[-1:], False)):
            edge = self._steps[0] if at_start else self._last()
            if not group or edge not in group[0].steps or group[0].start != group[0].end:
                continue
            position = group[0].end
            beside = (
                last_clause(self._print[max(0, position - _AROUND) : position])
                if at_start
                else first_clause(self._print[position : position + _AROUND])
            )
            yield from self._at_end(group[0], beside, at_start=at_start)

    def _last(self) -> Step:
        """The last step but for the writer's final point."""
        return next(
            step
            for step in reversed(self._steps)
            if step.kind != "final punctuation" and self._has_text(step)
        )

    def _has_text(self, step: Step) -> bool:
        return step.kind is not None or any(ch.isalnum() for ch in self._words(step))

    def _at_end(self, group: _Group, beside: list[str], *, at_start: bool) -> Iterator[_Warning]:
        """Compare a mark at an end with the printed words beside it, the nearest of them first."""
        inner = " ".join(group.brackets)
        marks = " ".join(f"[{words}]" for words in group.brackets)
        near = beside[: _BESIDE if at_start and marks else 1]
        negation = next((word for word in near if is_negation(word)), "")
        if negation and not self._negations(inner) and (at_start or marks):
            yield "negation", _left_out(negation, "before" if at_start else "after")
        if not marks:
            return
        named = _run_of_names(beside, self._print)
        given = names_in(inner, self._print)
        if named and given and not set(named) & set(given):
            yield "name", f"{marks} stands where “{' '.join(named[::-1] if at_start else named)}” is printed."
        if beside and _are_opposites(beside[0], inner):
            yield "negation", f"{marks} stands where “{beside[0]}”, its opposite, is printed."
        printed, figures = figures_in(beside[0]) if beside else [], figures_in(inner)
        if printed and figures and printed != figures:
            yield "figure", f"{marks} stands where “{beside[0]}” is printed."

    # -- brackets

    def _of_brackets(self, group: _Group, taken: str) -> Iterator[_Warning]:
        inner = " ".join(group.brackets)
        marks = " ".join(f"[{words}]" for words in group.brackets)
        if group.has_ellipsis:
            # What the ellipsis leaves out is judged by itself.
            if self._negations(inner) and not self._negations(taken):
                yield "negation", f"{marks} adds a negation."
            return
        if not taken.strip() and _EXPLAINING.match(inner) and len(words_of(inner)) > SHORT_CLAUSE:
            return
        shown = " ".join(taken.split()).strip(" ,;:.")
        lost, added = self._negations(taken), self._negations(inner)
        if bool(lost) != bool(added) or (lost and len(lost) % 2 != len(added) % 2):
            stands = f"{marks} stands for “{shown}”" if shown else f"{marks} adds"
            which = f"takes out “{lost[0]}”" if lost else "adds a negation"
            yield "negation", f"{stands} and {which}." if shown else f"{stands} a negation."
        elif shown and _are_opposites(taken, inner):
            yield "negation", f"{marks} stands for “{shown}”, its opposite."
        yield from self._figures_changed(group, taken, inner, marks, shown)
        before = self._print[max(0, group.start - _AROUND) : group.start]
        names, others = set(names_in(taken, self._print, before)), set(names_in(inner, self._print, before))
        if names - others and others - names:
            yield "name", f"{marks} stands for “{shown}”, another name."

    def _figures_changed(
        self, group: _Group, taken: str, inner: str, marks: str, shown: str
    ) -> Iterator[_Warning]:
        printed, given = figures_in(taken), figures_in(inner)
        around = (
            last_word(self._print[max(0, group.start - _AROUND) : group.start]),
            next(iter(words_of(self._print[group.end : group.end + _AROUND])), ""),
        )
        if given and not printed:
            printed = figures_in(taken, uncertain=True)
        if (
            printed
            and (given or QUANTIFIERS & {word.casefold() for word in words_of(inner)})
            and printed != given
        ):
            yield "figure", f"{marks} stands for “{shown}”, another figure."
        elif not printed and given and any(word and is_number_word(word) for word in around):
            yield "figure", f"{marks} changes the figure beside it."

    def _of_word(self, step: Step) -> Iterator[_Warning]:
        """A bracket within a word, such as ``[un]able``."""
        start, end = self._printed.span(step.start, step.end)
        first, last = _word_around(self._print, start, end)
        printed = self._print[first:last]
        mark = self._quotation[step.item.start : step.item.end]
        written = f"{self._print[first:start]}{mark}{self._print[end:last]}"
        made = f"{self._print[first:start]}{step.item.inner}{self._print[end:last]}"
        if is_negation(printed) != is_negation(made) or is_opposite_form(printed, made):
            yield "negation", f"“{written}” stands for “{printed}”, its opposite."
        elif re.findall(r"\d+", printed) != re.findall(r"\d+", made):
            yield "figure", f"“{written}” stands for “{printed}”, another figure."
        elif step.kind == "substitution" and len(printed) > 1 and _is_other_name(printed, made, self._print):
            yield "name", f"{mark} makes “{made}” of “{printed}”, another name."

    def _of_number(self, groups: Sequence[_Group]) -> Iterator[_Warning]:
        """The writer's words counted against the printed ones."""
        own = [inner for group in groups for inner in self._own(group)]
        given = sum(len(words_of(inner)) for inner in own) if not self._is_gloss(groups, own) else 0
        kept = sum(len(words_of(self._words(step))) for step in self._steps if step.kind is None)
        if given > kept:
            yield (
                "substitutions",
                f"{_counted(given, 'word')} in brackets, {_counted(kept, 'printed word')} left.",
            )
        elif any(len(self._own(group)) >= _ROW for group in groups):
            longest = max(len(self._own(group)) for group in groups)
            yield "substitutions", f"{longest} brackets in a row have no printed word between them."

    def _is_gloss(self, groups: Sequence[_Group], own: Sequence[str]) -> bool:
        """Whether the writer's words are one explanation, which takes the place of nothing."""
        glosses = [step for group in groups for step in group.steps if step.kind == "insertion"]
        return len(own) == len(glosses) == 1 and glosses[0] is not self._steps[0]

    def _own(self, group: _Group) -> list[str]:
        """Brackets of a group whose words are not the printed ones."""
        return [
            step.item.inner
            for step in group.steps
            if step.kind in {"insertion", "substitution"}
            and step.item.inner in group.brackets
            and step.item.inner.casefold() != self._words(step).casefold()
        ]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _is_within_word(step: Step) -> bool:
    return step.item.kind == "bracket" and (step.item.joined_left or step.item.joined_right)


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The word or figure of which a span is a part; signs within it belong to it."""
    while start and (
        text[start - 1].isalnum() or (text[start - 1] in _JOINING and text[start - 2 : start - 1].isalnum())
    ):
        start -= 1
    while end < len(text) and (
        text[end].isalnum() or (text[end] in _JOINING and text[end + 1 : end + 2].isalnum())
    ):
        end += 1
    return start, end


def _left_out(negation: str, where: str) -> str:
    return f"The quotation leaves out “{negation}”, which is printed directly {where} it."


def _run_of_names(words: Sequence[str], essay: str) -> list[str]:
    """The names with which words begin, articles aside."""
    names: list[str] = []
    for word in words:
        found = names_in(word, essay)
        if found:
            names += found
        elif names or word not in _ARTICLES:
            break
    return names


def _are_opposites(taken: str, inner: str) -> bool:
    """Whether a word in brackets is the opposite of one that it stands for."""
    taken_words = {word.casefold() for word in words_of(taken)}
    inner_words = {word.casefold() for word in words_of(inner)}
    taken_words, inner_words = taken_words - inner_words, inner_words - taken_words
    return any(
        is_opposite_form(one, other) or other in OPPOSITES.get(one, ())
        for one in taken_words
        for other in inner_words
    )


def _is_other_name(printed: str, made: str, text: str) -> bool:
    """Whether a name is made into another one, and not into another form of it."""
    if not names_in(printed, text):
        return False
    alike = next((n for n, (a, b) in enumerate(zip(printed, made, strict=False)) if a != b), None)
    return alike is not None and alike < min(len(printed), len(made)) - 2
