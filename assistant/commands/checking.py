"""The command ``assistant check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.commands.common import common, open_library, print_json, say
from assistant.errors import AssistantError
from assistant.faults import Audit
from assistant.rendering.drafts import audit_object, fault_line, summary

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
    as_json: bool,  # noqa: FBT001 - click passes options by name
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
        print_json(audit_object(audit))
    else:
        for fault in audit.faults:
            click.echo(fault_line(audit, fault))
        say(summary(audit))
    if audit.faults:
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


def _write_copy(target: Path, original: Path | None, audit: Audit) -> None:
    from assistant.drafts.files import write_copy  # noqa: PLC0415 - a check alone writes nothing

    mends = [(mend.start, mend.end, mend.text) for mend in audit.mends]
    if not mends:
        say("There is nothing that could be corrected for certain; no copy is written.")
        return
    write_copy(target, original, audit.text, mends)
    say(f"{target} has {len(audit.mended)} of {len(audit.faults)} faults corrected.")


def _write_page(target: Path, audit: Audit) -> None:
    from assistant.drafts.files import write_whole  # noqa: PLC0415 - the same
    from assistant.rendering.draft_page import audit_page  # noqa: PLC0415 - the same

    write_whole(target, audit_page(audit).encode("utf-8"))
    say(f"The report is {target}")
