"""The commands that ask the library: ``ask``, ``quote`` and ``check``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.completion import essays_option, style_option
from assistant.cli.terminal import (
    common,
    filtered,
    open_library,
    print_json,
    read_questions,
    read_quotations,
    say,
    width,
)
from assistant.core.errors import AssistantError, QuotationError
from assistant.core.selection import Selection
from assistant.rendering.answers import answer_object, answer_text
from assistant.rendering.drafts import draft_object, hint_line, problem_line, short_names, summary
from assistant.rendering.quotations import verdict_object, verdict_text

if TYPE_CHECKING:
    from assistant.core.answer import Answer
    from assistant.core.draft_report import DraftReport
    from assistant.library.library import Library

# The value of ``--fix`` without a file: the copy goes into the draft's folder.
_NEXT_TO_DRAFT = "\0"


@click.command(short_help="Show the passages that answer a question.")
@click.argument("question", required=False)
@click.option("--top", type=int, help="Number of passages.  [default: 3; 5 for a paragraph]")
@essays_option("Ask this essay only")
@filtered(passages=True)
@click.option("--per-essay", type=int, metavar="N", help="Show no more than N passages of an essay.")
@style_option()
@click.option(
    "--copy", "copied", is_flag=True, help="Put the best quotation with its citation on the clipboard."
)
@click.option("--links", is_flag=True, help="Add links that open Zotero at the cited pages.")
@click.option("--explain", is_flag=True, help="Show which words of the question match words of the essay.")
@click.option(
    "--fast", is_flag=True, help="Do not read the passages; the confidence follows from likeness alone."
)
@click.option(
    "--voice",
    type=click.Choice(["author", "quoted"]),
    help="Mark only sentences with words of the essay's author, or only those with words quoted in it.",
)
@click.option(
    "--reranker", metavar="MODEL", help="Model that reorders the first passages: a folder or a name."
)
@click.option(
    "--after",
    "history",
    multiple=True,
    metavar="QUESTION",
    help="An earlier question of the conversation (may be repeated, oldest first).",
)
@click.option(
    "--on-its-own", is_flag=True, help="Ask without the earlier questions, as if it were the first."
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Questions as JSON Lines: id, question, history.",
)
@common
def ask(  # noqa: PLR0913 - the options of the command
    *,
    question: str | None,
    batch: Path | None,
    history: tuple[str, ...],
    on_its_own: bool,
    copied: bool,
    explain: bool,
    links: bool,
    root: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Show the passages that answer QUESTION (- reads it from standard input).

    QUESTION may also be a paragraph of a draft, of 40 words or more. Each of its sentences is then looked up,
    and passages that bear on several come first.
    """
    if (question is None) == (batch is None):
        raise AssistantError("Give either one question or --batch FILE.")
    if copied and batch is not None:
        raise AssistantError("--copy takes the quotation of one question; leave it out, or --batch.")
    options["where"] = Selection.of(options)
    library = open_library(root)
    if batch is not None:
        for line in read_questions(batch):
            before = () if on_its_own else (*history, *line.get("history", ()))
            answer = library.ask(line["question"], history=before, explained=explain, **options)
            print_json({"id": line["id"], **answer_object(answer, explained=explain)})
        return
    before = () if on_its_own else history
    answer = library.ask(_text_or_stdin(question), history=before, explained=explain, **options)
    if as_json:
        print_json(answer_object(answer, explained=explain))
    else:
        styled = sys.stdout.isatty()
        click.echo(answer_text(answer, width=width(), styled=styled, explained=explain, linked=links))
    if copied:
        _copy_best(answer)
    if not answer.answered:
        sys.exit(1)


def _copy_best(answer: Answer) -> None:
    """Put the first answering words on the clipboard; if nothing answers, the clipboard stays as it is."""
    if not answer.answered:
        say("Nothing is copied, since no passage seems to answer.")
        return
    from assistant.cli.clipboard import copy

    hit = answer.hits[0]
    words = hit.highlights[0].quotation if hit.highlights else hit.quotation
    copy(words)
    say(f"Copied: {words}")


def _text_or_stdin(text: str | None) -> str:
    return sys.stdin.read().strip() if text == "-" else str(text)


@click.command(short_help="Check whether a quotation is exact.")
@click.argument("text", required=False)
@essays_option("Look in it only")
@filtered(passages=False)
@style_option()
@click.option(
    "--batch", type=click.Path(path_type=Path), metavar="FILE", help="Quotations as JSON Lines: id, text."
)
@common
def quote(
    text: str | None,
    batch: Path | None,
    root: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Tell whether TEXT (- reads it from standard input) is printed exactly so, and where.

    A quotation is exact if it differs from print only as a careful writer may change it: in the forms of
    quotation marks, dashes and spaces, by [brackets], by an ellipsis for words left out, by [sic], and by the
    full stop at its end. A warning follows where such a mark takes out or adds a negation, changes a figure
    or a name, or joins places far apart; the exit code is then 1.
    """
    if (text is None) == (batch is None):
        raise AssistantError("Give either one quotation or --batch FILE.")
    options["where"] = Selection.of(options)
    library = open_library(root)
    if batch is not None:
        for line in read_quotations(batch):
            print_json({"id": line["id"], **_verdict_of_many(library, line["text"], options)})
        return
    verdict = library.quote(_text_or_stdin(text), **options)
    if as_json:
        print_json(verdict_object(verdict))
    else:
        click.echo(verdict_text(verdict, width(), styled=sys.stdout.isatty()))
    if not verdict.is_good:
        sys.exit(1)


def _verdict_of_many(library: Library, text: str, options: dict[str, Any]) -> dict[str, Any]:
    """The verdict on one quotation of a batch; one that cannot be checked does not stop the others."""
    try:
        return verdict_object(library.quote(text, **options))
    except QuotationError as error:
        return {
            "text": text,
            "verdict": "absent",
            "matches": [],
            "places": 0,
            "warnings": [],
            "note": str(error),
        }


@click.command(short_help="Check the quotations and citations of a draft.")
@click.argument("draft", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--fix",
    "fixed",
    is_flag=False,
    flag_value=_NEXT_TO_DRAFT,
    metavar="[FILE]",
    help="Write a corrected copy; draft.fixed.md if no FILE is named. Put --fix after DRAFT.",
)
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write a report as HTML."
)
@essays_option("Check against this essay only")
@filtered(passages=False)
@style_option(
    "Style of the citations in messages and corrections.  [default: the one that DRAFT names, or mla]",
    default=None,
)
@click.option(
    "--bibliography",
    "bibliographies",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="BibTeX or CSL-JSON of the keys cited (may be repeated); else what DRAFT names or has beside it.",
)
@click.option(
    "--paraphrases",
    is_flag=True,
    help="Hint at pages cited for sentences without a quotation where other pages are nearer to them.",
)
@common
def check(
    *,
    draft: Path,
    fixed: str | None,
    page: Path | None,
    paraphrases: bool,
    root: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Check every quotation in DRAFT and its citation against the essays of the library.

    DRAFT ends in .md, .txt, .docx, .tex, .odt, .rtf, .typ or .org; - reads Markdown or plain text from
    standard input.
    """
    original = None if str(draft) == "-" else draft
    copy = _copy_of(original, fixed)
    for target in filter(None, (copy, page)):
        _refuse_draft_itself(target, original)
    library = open_library(root)
    text = original or sys.stdin.read()
    hinted = paraphrases or page is not None
    options["where"] = Selection.of(options)
    report = library.check_draft(text, paraphrases=hinted, **options)
    if page:
        _write_page(library, page, report)
    if copy:
        _write_copy(library, copy, original, report)
    if not paraphrases:
        report = replace(report, hints=())
    if as_json:
        print_json(draft_object(report))
    else:
        for problem in report.problems:
            click.echo(problem_line(report, problem))
        for hint in report.hints:
            click.echo(hint_line(report, hint))
        say(summary(report))
    if report.problems:
        sys.exit(1)


def _copy_of(original: Path | None, fixed: str | None) -> Path | None:
    """The file for the corrected copy, or ``None`` if no copy is wanted."""
    if fixed != _NEXT_TO_DRAFT:
        return Path(fixed) if fixed else None
    if original is None:
        raise AssistantError("A draft on standard input has no name for its copy; name one with --fix FILE.")
    return original.with_name(f"{original.stem}.fixed{original.suffix}")


def _refuse_draft_itself(target: Path, original: Path | None) -> None:
    if original and target.resolve() == original.resolve():
        raise AssistantError(f"{target} is the draft itself, which stays as it is; name another file.")


def _write_copy(library: Library, target: Path, original: Path | None, report: DraftReport) -> None:
    if not report.fixes:
        say("There is nothing that could be corrected for certain; no copy is written.")
        return
    library.write_fixed_draft(target, report, original)
    say(f"{target} has {len(report.fixed_problems)} of {len(report.problems)} problems corrected.")


def _write_page(library: Library, target: Path, report: DraftReport) -> None:
    from assistant.rendering.draft_page import draft_page

    library.write_file(target, draft_page(report, short_names(library.references())))
    say(f"The report is {target}")
