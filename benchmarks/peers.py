"""Other programs with the same weights, each in an environment of its own; makes those environments.

    python benchmarks/peers.py --work DIR

Each environment sees the packages of the project's own (torch, sentence-transformers, FAISS: gigabytes that
need not be installed once more) and has besides what pip installs for the peer. What cannot be installed is
left out of all tables and named with the reason. What they are asked to do stands in ``benchmarks/peers/``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import environment

SCRIPTS = Path(__file__).resolve().parent / "peers"
# Seconds that installing one peer may take.
PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that is compared.

    Attributes:
        name: What the tables call it.
        requirement: What pip installs, the version with it; empty where the project has all that is needed.
        script: Its script in ``benchmarks/peers/``.
    """

    name: str
    requirement: str
    script: str

    def python(self, work: Path) -> Path:
        """The Python that runs it."""
        if not self.requirement:
            return Path(sys.executable)
        folder = "Scripts" if os.name == "nt" else "bin"
        return work / self.requirement.replace("==", "-") / folder / "python"

    def command(self, work: Path, *words: str) -> list[str]:
        """A command of its script."""
        return [str(self.python(work)), str(SCRIPTS / self.script), *words]


PEERS = (
    Peer("sentence-transformers and FAISS", "", "plain.py"),
    Peer("txtai", "txtai==9.14.0", "txtai_peer.py"),
    Peer("Haystack", "haystack-ai==2.31.0", "haystack_peer.py"),
)


def main() -> None:
    """Make the environments and say what could not be made."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    there, excluded = prepared(parser.parse_args().work)
    print(f"ready: {', '.join(peer.name for peer in there)}")
    for sentence in excluded:
        print(sentence)


def prepared(work: Path) -> tuple[list[Peer], list[str]]:
    """Make the environments that are not there yet.

    Args:
        work: The folder of the environments.

    Returns:
        The peers that can be run, and a sentence for each that cannot.
    """
    there, excluded = [], []
    for peer in PEERS:
        reason = _install(peer, work) if peer.requirement and not _is_whole(peer, work) else ""
        if reason:
            excluded.append(f"{peer.name} ({peer.requirement}) is left out: {reason}")
        else:
            there.append(peer)
    return there, excluded


def _done(peer: Peer, work: Path) -> Path:
    return peer.python(work).parent.parent / "installed"


def _is_whole(peer: Peer, work: Path) -> bool:
    return _done(peer, work).exists()


def _install(peer: Peer, work: Path) -> str:
    """Install a peer; why not, or nothing."""
    root = peer.python(work).parent.parent
    print(f"Installing {peer.requirement} ...", file=sys.stderr)
    venv.create(root, with_pip=True, clear=True)
    own = sysconfig.get_path("purelib", vars={"base": str(root), "platbase": str(root)})
    Path(own, "project.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    try:
        made = subprocess.run(
            [str(peer.python(work)), "-m", "pip", "install", "--quiet", peer.requirement],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"pip took more than {PATIENCE} s."
    if made.returncode:
        faults = [line for line in made.stderr.splitlines() if line.startswith("ERROR:")]
        return (faults or [f"ERROR: pip ended with {made.returncode}"])[-1].removeprefix("ERROR: ")
    _done(peer, work).touch()
    return ""


def run(command: Sequence[str], folder: Path) -> str:
    """Run a peer's command to its end; what it printed."""
    return subprocess.run(
        command,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment() | {"PEER_FOLDER": str(folder)},
    ).stdout


class Running:
    """A peer that has loaded its model and its index and waits for questions.

    Args:
        process: Its process.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._line()

    def ask(self, question: str) -> tuple[float, int]:
        """Seconds that a question took, and the number of the first passage."""
        if self._process.stdin is not None:
            self._process.stdin.write(f"{question}\n")
            self._process.stdin.flush()
        seconds, row = self._line().split()
        return float(seconds), int(row)

    def _line(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            sys.exit("a peer ended early")
        return line


@contextmanager
def running(peers: Sequence[Peer], work: Path, folder: Path) -> Iterator[dict[str, Running]]:
    """Peers that wait for questions, by name; ended at the end."""
    with ExitStack() as stack:
        made = {}
        for peer in peers:
            process = stack.enter_context(
                subprocess.Popen(
                    peer.command(work, "serve"),
                    text=True,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment() | {"PEER_FOLDER": str(folder)},
                )
            )
            stack.callback(process.terminate)
            made[peer.name] = Running(process)
        yield made


if __name__ == "__main__":
    main()
