"""The command ``assistant``: results on stdout, all else on stderr.

Exit codes: 0 done; 1 the honest "no"; 2 the user's mistake or bad input; 130 interrupted.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assistant import __version__, evaluating, inputs, rendering
from assistant.console import QuietGroup, speak_utf8
from assistant.errors import AssistantError
from assistant.progress import Bar
from assistant.resources import data_file

if TYPE_CHECKING:
    from assistant.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group(cls=QuietGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assistant")
def cli() -> None:
    """Ask an essay: its own words, word for word, with the page they stand on."""


def _common(command: Command) -> Command:
    """Options that every command has."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option("--library", "root", type=folder, help="The library's folder.", metavar="DIR")(
        command
    )


def _open(root: Path | None) -> Library:
    from assistant.library import Library  # noqa: PLC0415 - help and faults need no numpy
    from assistant.storage import find_root  # noqa: PLC0415 - the same

    return Library(find_root(root), notify=_say)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _print(made: Any) -> None:  # noqa: ANN401 - any JSON value
    click.echo(json.dumps(made, ensure_ascii=False))


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 88)


@cli.command(short_help="Add essays and print what became of every character.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--reference", type=click.Path(path_type=Path), help="Record of the essay: CSL-JSON, BibTeX or RIS."
)
@click.option("--first-page", metavar="N", help="Number of the first page, such as 844 or xii.")
@click.option("--id", "essay_id", help="Short name of the essay, such as gill-2014.")
@click.option("--model", help="Embedding model of the whole library: a folder or a name.")
@_common
def add(
    paths: tuple[Path, ...],
    reference: Path | None,
    first_page: str | None,
    essay_id: str | None,
    model: str | None,
    root: Path | None,
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Add essays (PATH ...) to the library and print what became of every character."""
    if len(paths) > 1 and (reference or first_page or essay_id):
        raise AssistantError("--reference, --first-page and --id are of one essay; add the files one by one.")
    library, failed = _open(root), False
    for path in paths:
        try:
            with Bar(path.name) as bar:
                report = library.add(
                    path,
                    reference=reference,
                    first_page=first_page,
                    essay_id=essay_id,
                    model=model,
                    progress=bar,
                )
        except AssistantError as error:
            # One bad file does not keep the others out.
            _say(f"assistant: {error}")
            failed = True
            continue
        if as_json:
            _print(rendering.report_object(report))
        else:
            click.echo(rendering.report_text(report))
    if failed:
        sys.exit(2)


@cli.command(short_help="Show the passages that answer a question.")
@click.argument("question", required=False)
@click.option("--top", default=3, show_default=True, help="Number of passages.")
@click.option("--essay", "essays", multiple=True, metavar="ID", help="Ask this essay only (may be repeated).")
@click.option("--style", default="mla", show_default=True, help="Citation style.")
@click.option("--explain", is_flag=True, help="Say which words of the question met which of the essay.")
@click.option(
    "--fast", is_flag=True, help="Do not read the passages; how sure the answer is, is told by likeness."
)
@click.option("--reranker", metavar="MODEL", help="Put the first passages in order anew: a folder or a name.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Questions as JSON Lines: id, question, history.",
)
@_common
def ask(
    question: str | None,
    batch: Path | None,
    explain: bool,  # noqa: FBT001 - click passes options by name
    root: Path | None,
    as_json: bool,  # noqa: FBT001 - the same
    **how: Any,  # noqa: ANN401 - the options of Library.ask, by their names
) -> None:
    """Show the passages that answer QUESTION (- reads it from standard input)."""
    if (question is None) == (batch is None):
        raise AssistantError("Give either one question or --batch FILE.")
    library = _open(root)
    if batch is not None:
        for line in inputs.read_batch(batch):
            answer = library.ask(line["question"], history=line.get("history", ()), **how)
            _print({"id": line["id"], **rendering.answer_object(answer, explained=explain)})
        return
    answer = library.ask(sys.stdin.read().strip() if question == "-" else str(question), **how)
    if as_json:
        _print(rendering.answer_object(answer, explained=explain))
    else:
        styled = sys.stdout.isatty()
        click.echo(rendering.answer_text(answer, width=_width(), styled=styled, explained=explain))
    if not answer.answered:
        sys.exit(1)


@cli.command(name="list")
@_common
def list_(root: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """List the essays of the library."""
    library = _open(root)
    essays = library.essays()
    if as_json:
        _print([rendering.essay_object(essay, passages=False) for essay in essays])
    elif essays:
        click.echo(rendering.essays_text(essays))
    else:
        _say(f"The library {library.root.resolve()} holds no essay yet; add one with: assistant add FILE")


@cli.command(short_help="Print an essay or one passage of it as it was read.")
@click.argument("name", metavar="ID")
@click.option("--source", is_flag=True, help="Print the source text that offsets count in.")
@_common
def show(name: str, source: bool, root: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Print an essay (gill-2014) or one passage of it (gill-2014/p09) as it was read."""
    library = _open(root)
    essay_id, _, place = name.partition("/")
    if source:
        text = library.source_text(essay_id)
        if as_json:
            _print({"id": essay_id, "source": text})
        else:
            click.echo(text, nl=False)
        return
    essay = library.essay(essay_id)
    passages = [passage for passage in essay.passages if not place or passage.id == name]
    if not passages:
        raise AssistantError(f"{essay_id} has no passage {place!r}; see all with: assistant show {essay_id}")
    if as_json:
        _print(
            rendering.passage_object(passages[0]) if place else rendering.essay_object(essay, passages=True)
        )
    else:
        click.echo(rendering.passages_text(passages, width=_width()))


@cli.command()
@click.argument("essay_id", metavar="ID")
@_common
def remove(essay_id: str, root: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Remove an essay from the library."""
    _open(root).remove(essay_id)
    _print({"removed": essay_id}) if as_json else _say(f"{essay_id} is removed.")


@cli.command()
@click.argument("essay_id", metavar="ID")
@click.option("--style", default="mla", show_default=True, help="Citation style.")
@click.option("--page", metavar="P", help="Page to cite, such as 849 or 849-50.")
@_common
def cite(essay_id: str, style: str, page: str | None, root: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Print the in-text citation and the full reference of an essay."""
    citation, reference = _open(root).cite(essay_id, style=style, page=page)
    if as_json:
        in_text = rendering.plain_citation(citation)
        _print({"id": essay_id, "style": style, "citation": in_text, "reference": reference})
    else:
        click.echo(f"{citation.in_text}\n{reference}")


@cli.command(short_help="Open the web page, adding essays first if any are named.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=7860, show_default=True, help="Port to listen on."
)
@click.option("--open/--no-open", "open_browser", default=False, help="Open the page in the browser.")
@click.option(
    "--auth-file", type=click.Path(path_type=Path), help="Lines of name:password; only these may enter."
)
@_common
def serve(
    paths: tuple[Path, ...],
    host: str,
    port: int,
    open_browser: bool,  # noqa: FBT001
    auth_file: Path | None,
    root: Path | None,
    as_json: bool,  # noqa: ARG001, FBT001 - every command takes --json; a page has no results to print
) -> None:
    """Open the web page, adding the essays PATH ... first."""
    library = _open(root)
    auth = inputs.read_accounts(auth_file)
    focus = [_added(library, path) for path in paths]
    if not library.ids():
        _say("The library is empty; the sample essay is added.")
        _added(library, data_file("sample/essay.txt"))
    if host not in {"127.0.0.1", "localhost", "::1"} and auth is None:
        _say(f"Everyone who can reach {host} can read the library; --auth-file FILE asks for a password.")
    from assistant.web.app import serve as serve_page  # noqa: PLC0415 - gradio takes seconds to import

    assess = partial(evaluating.assess, library)
    serve_page(
        library, host=host, port=port, open_browser=open_browser, auth=auth, focus=focus, assess=assess
    )


def _added(library: Library, path: Path) -> str:
    with Bar(path.name) as bar:
        report = library.add(path, progress=bar)
    _say(rendering.report_text(report))
    return report.essay_id


@cli.command()
@evaluating.options
@_common
def evaluate(root: Path | None, as_json: bool, **asked: Any) -> None:  # noqa: ANN401, FBT001
    """Measure retrieval on question sets in BEIR layout."""
    evaluating.run(_open(root), evaluating.Request(**asked), as_json=as_json)


def main() -> None:
    """Run the command; every known fault is one sentence."""
    speak_utf8()
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except AssistantError as error:
        _say(f"assistant: {error}")
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _say("assistant: interrupted; the library is as it was.")
        sys.exit(130)
