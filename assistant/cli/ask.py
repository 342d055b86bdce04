"""The command ``assistant ask``.

The command ``assistant check``.

The command ``assistant quote``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli import terminal
from assistant.cli.terminal import common, open_library, print_json, say, width
from assistant.core.draft_report import DraftReport
from assistant.core.errors import AssistantError, QuotationError
from assistant.rendering.answers import answer_object, answer_text
from assistant.rendering.drafts import draft_object, problem_line, summary
from assistant.rendering.quotations import verdict_object, verdict_text

if TYPE_CHECKING:
    from assistant.library.library import Library


# What ``--fix`` and ``--html`` mean without a file: one beside the draft.
_BESIDE = "\0"


@click.command(short_help="Check the quotations and citations of a draft.")
@click.argument("draft", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--fix",
    "fixed",
    is_flag=False,
    flag_value=_BESIDE,
    metavar="[FILE]",
    help="Write a corrected copy; draft.fixed.md if no FILE is named. Put --fix behind DRAFT.",
)
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write a report as HTML."
)
@click.option(
    "--essay", "essays", multiple=True, metavar="ID", help="Check against this essay only (may be repeated)."
)
@click.option(
    "--style", default="mla", show_default=True, help="Style of the citations in messages and corrections."
)
@common
def check(
    draft: Path,
    fixed: str | None,
    page: Path | None,
    essays: tuple[str, ...],
    style: str,
    root: Path | None,
    as_json: bool,
) -> None:
    """Check every quotation in DRAFT and its citation against the essays of the library.

    DRAFT ends in .md, .txt, .docx, .tex or .odt; - reads Markdown or plain text from standard input.
    """
    original = None if str(draft) == "-" else draft
    copy = _copy_of(original, fixed)
    for target in filter(None, (copy, page)):
        _refuse(target, original)
    audit = open_library(root).check_draft(original or sys.stdin.read(), essays=essays, style=style)
    if page:
        _write_page(page, audit)
    if copy:
        _write_copy(copy, original, audit)
    if as_json:
        print_json(draft_object(audit))
    else:
        for fault in audit.problems:
            click.echo(problem_line(audit, fault))
        say(summary(audit))
    if audit.problems:
        sys.exit(1)


def _copy_of(original: Path | None, fixed: str | None) -> Path | None:
    """Where the corrected copy goes, or ``None`` if none is wanted."""
    if fixed != _BESIDE:
        return Path(fixed) if fixed else None
    if original is None:
        raise AssistantError("A draft on standard input has no name for its copy; name one with --fix FILE.")
    return original.with_name(f"{original.stem}.fixed{original.suffix}")


def _refuse(target: Path, original: Path | None) -> None:
    if original and target.resolve() == original.resolve():
        raise AssistantError(f"{target} is the draft itself, which stays as it is; name another file.")


def _write_copy(target: Path, original: Path | None, audit: DraftReport) -> None:
    from assistant.drafts.files import write_copy

    if not audit.fixes:
        say("There is nothing that could be corrected for certain; no copy is written.")
        return
    write_copy(target, original, audit)
    say(f"{target} has {len(audit.fixed_problems)} of {len(audit.problems)} faults corrected.")


def _write_page(target: Path, audit: DraftReport) -> None:
    from assistant.drafts.files import write_whole
    from assistant.rendering.draft_page import draft_page

    write_whole(target, draft_page(audit).encode("utf-8"))
    say(f"The report is {target}")


@click.command(short_help="Check whether a quotation is exact.")
@click.argument("text", required=False)
@click.option("--essay", "essays", multiple=True, metavar="ID", help="Look in it only (may be repeated).")
@click.option("--style", default="mla", show_default=True, help="Citation style.")
@click.option(
    "--batch", type=click.Path(path_type=Path), metavar="FILE", help="Quotations as JSON Lines: id, text."
)
@common
def quote(
    text: str | None,
    batch: Path | None,
    root: Path | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Say whether TEXT (- reads it from standard input) is printed so, and where.

    A quotation is exact when it differs from print only as a careful writer may: in the forms of quotation
    marks, dashes and spaces, by [brackets], by an ellipsis for words left out, by [sic], by the last point.
    """
    if (text is None) == (batch is None):
        raise AssistantError("Give either one quotation or --batch FILE.")
    library = open_library(root)
    if batch is not None:
        for line in terminal.read_quotations(batch):
            print_json({"id": line["id"], **_judged(library, line["text"], how)})
        return
    verdict = library.quote(sys.stdin.read().strip() if text == "-" else str(text), **how)
    if as_json:
        print_json(verdict_object(verdict))
    else:
        click.echo(verdict_text(verdict, width(), styled=sys.stdout.isatty()))
    if verdict.verdict != "exact":
        sys.exit(1)


def _judged(library: Library, text: str, how: dict[str, Any]) -> dict[str, Any]:
    """One quotation of many; one that cannot be checked does not keep the others from being so."""
    try:
        return verdict_object(library.quote(text, **how))
    except QuotationError as error:
        return {"text": text, "verdict": "absent", "matches": [], "places": 0, "note": str(error)}


@click.command(short_help="Show the passages that answer a question.")
@click.argument("question", required=False)
@click.option("--top", default=3, show_default=True, help="Number of passages.")
@click.option("--essay", "essays", multiple=True, metavar="ID", help="Ask this essay only (may be repeated).")
@click.option("--style", default="mla", show_default=True, help="Citation style.")
@click.option("--explain", is_flag=True, help="Say which words of the question met which of the essay.")
@click.option(
    "--fast", is_flag=True, help="Do not read the passages; how sure the answer is, is told by likeness."
)
@click.option(
    "--voice",
    type=click.Choice(["author", "quoted"]),
    help="Mark only sentences with words of the essay's author, or only those with words quoted in it.",
)
@click.option("--reranker", metavar="MODEL", help="Put the first passages in order anew: a folder or a name.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Questions as JSON Lines: id, question, history.",
)
@common
def ask(
    question: str | None,
    batch: Path | None,
    explain: bool,
    root: Path | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Show the passages that answer QUESTION (- reads it from standard input)."""
    if (question is None) == (batch is None):
        raise AssistantError("Give either one question or --batch FILE.")
    library = open_library(root)
    if batch is not None:
        for line in terminal.read_batch(batch):
            answer = library.ask(line["question"], history=line.get("history", ()), explained=explain, **how)
            print_json({"id": line["id"], **answer_object(answer, explained=explain)})
        return
    asked = sys.stdin.read().strip() if question == "-" else str(question)
    answer = library.ask(asked, explained=explain, **how)
    if as_json:
        print_json(answer_object(answer, explained=explain))
    else:
        styled = sys.stdout.isatty()
        click.echo(answer_text(answer, width=width(), styled=styled, explained=explain))
    if not answer.answered:
        sys.exit(1)
