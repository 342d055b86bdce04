"""The commands for libraries in shards."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.serve import say_who_may_read
from assistant.cli.terminal import Bar, print_json, read_accounts, say
from assistant.core.errors import AssistantError

if TYPE_CHECKING:
    from assistant.library.models import Models


@click.group(short_help="Divide a library into shards, and serve it on a Ray cluster.")
def cluster() -> None:
    """Divide a library into shards, which a Ray cluster can serve; see docs/cluster.md."""


def _models() -> Models:
    from assistant.cluster.opening import models_of

    return models_of(say)


@cluster.command(short_help="Divide a library in a folder into shards.")
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), metavar="LIBRARY")
@click.option("-n", "count", type=int, required=True, help="Number of shards.")
@click.option("--name", help="Name of the library on a cluster; that of its folder if left out.")
@click.option("--address", default="", help="Ray cluster that serves it: auto, or HOST:PORT.", metavar="ADDR")
@click.option(
    "--replicas", type=click.IntRange(min=1), default=1, show_default=True, help="Actors for each shard."
)
def split(root: Path, count: int, name: str | None, address: str, replicas: int) -> None:
    """Divide the library in the folder LIBRARY into shards; nothing is embedded again.

    The essays stay in the folder, which every command goes on to take. Until it is done, the disk must hold
    them twice.
    """
    from assistant.cluster.manifest import Settings
    from assistant.cluster.splitting import split as divide

    settings = Settings(name or root.resolve().name, address, replicas)
    with Bar(root.name) as bar:
        manifest = divide(root, count, _models(), say, bar, settings)
    say(f"{root} is in {_counted(count, 'shard')} now, with {_counted(len(manifest.owners), 'essay')}.")


@cluster.command(short_help="Make a library in shards one in a folder again.")
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), metavar="LIBRARY")
def join(root: Path) -> None:
    """Make the library in shards LIBRARY one in a folder again; nothing is embedded again."""
    from assistant.cluster.splitting import join as unite

    with Bar(root.name) as bar:
        essays = unite(root, _models(), say, bar)
    say(f"{root} is in one folder again, with {_counted(len(essays), 'essay')}.")


@cluster.command(short_help="Change the number of shards, and put essays where they belong.")
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), metavar="LIBRARY")
@click.option("-n", "count", type=int, help="Number of shards from now on; as many as there are if left out.")
def rebalance(root: Path, count: int | None) -> None:
    """Move essays of LIBRARY to the shards where they belong; only those move that must.

    Essays in the folders of the shards that the library does not know are adopted.
    """
    from assistant.cluster.splitting import rebalance as balance

    with Bar(root.name) as bar:
        moved = balance(root, count, _models(), say, bar)
    say(f"{_counted(moved, 'essay')} moved.")


@cluster.command(short_help="Say what each shard has.")
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), metavar="LIBRARY")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def status(root: Path, as_json: bool) -> None:
    """Say how many essays and windows each shard of LIBRARY has, and what is not in order."""
    from assistant.cluster.splitting import status as state_of

    shards = state_of(root, _models())
    if as_json:
        print_json([asdict(shard) for shard in shards])
        return
    for shard in shards:
        line = f"{shard.name}  {shard.essays:,} essays  {shard.windows:,} windows  {shard.megabytes:,.1f} MB"
        if shard.misplaced:
            line += f"  {shard.misplaced:,} belong to another shard"
        if shard.unlisted:
            line += f"  not as listed: {', '.join(shard.unlisted[:5])}"
        click.echo(line)
    if any(shard.misplaced or shard.unlisted for shard in shards):
        say(f"Put this in order with: assistant cluster rebalance {root}")


@cluster.command(short_help="Start the actors of a library on its Ray cluster.")
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), metavar="LIBRARY")
@click.option("--address", help="The cluster: auto, or HOST:PORT; kept in cluster.toml.", metavar="ADDR")
@click.option("--replicas", type=click.IntRange(min=1), help="Actors for each shard; kept in cluster.toml.")
def start(root: Path, address: str | None, replicas: int | None) -> None:
    """Start the actors of LIBRARY on its Ray cluster, so that it is found there by its name."""
    from assistant.cluster.serving import start_library

    settings, shards = start_library(root, address, replicas)
    say(
        f"{settings.name} is served in {_counted(shards, 'shard')}; "
        f"ask it with: assistant ask --library ray:auto/{settings.name} QUESTION"
    )


@cluster.command("serve", short_help="Serve page and API on the Ray cluster, as several replicas.")
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), metavar="LIBRARY")
@click.option(
    "--replicas", type=click.IntRange(min=1), default=2, show_default=True, help="Number of replicas."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=7860, show_default=True, help="Port to listen on."
)
@click.option(
    "--auth-file", type=click.Path(path_type=Path), help="Lines of name:password; only these may enter."
)
@click.option("--address", help="The cluster: auto, or HOST:PORT; kept in cluster.toml.", metavar="ADDR")
@click.option("--stop", is_flag=True, help="End what is served.")
def serve_on_cluster(
    root: Path,
    replicas: int,
    host: str,
    port: int,
    auth_file: Path | None,
    address: str | None,
    stop: bool,
) -> None:
    """Serve the page and the API of LIBRARY on its Ray cluster, and return.

    Each replica can be on a machine of its own. A reader's requests go to the same one as long as it lives,
    and to another when it does not. On an address of this computer alone, it is the head of the cluster that
    listens, otherwise every machine with a replica.
    """
    accounts = read_accounts(auth_file)
    try:
        from assistant.cli import cluster_page
    except ImportError as error:
        raise AssistantError(
            "Ray is not installed; install it with: pip install 'essay-assistant[cluster]'"
        ) from error

    if stop:
        from assistant.cluster.manifest import read_settings

        was_served = cluster_page.end_page(address or read_settings(root.resolve()).address or "auto")
        say("The page is no longer served." if was_served else "No page was served.")
        return
    say_who_may_read(host, accounts)
    name = cluster_page.serve_page(
        root, address=address, replicas=replicas, host=host, port=port, accounts=accounts
    )
    say(
        f"{name} is served by {_counted(replicas, 'replica')} at http://{host}:{port}; "
        f"end it with: assistant cluster serve {root} --stop"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
