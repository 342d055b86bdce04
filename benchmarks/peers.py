"""Other programs that use the same weights, each in its own virtual environment.

    python benchmarks/peers.py --work DIR

Creates the environments. Each one can import the packages of the project's own (torch, sentence-transformers
and FAISS, which take gigabytes) and whatever pip installs for the peer. A peer that cannot be installed is
left out of all tables, and the reason is printed. The peers' scripts are in ``benchmarks/peers/``. All index
the same passages, but dsearch, which reads PDFs alone, indexes the same essay as a PDF.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import ROOT, environment

SCRIPTS = Path(__file__).resolve().parent / "peers"
# Seconds.
INSTALL_TIMEOUT = 900
# The sample essay, typeset.
PDF = ROOT / "tests" / "data" / "pdf" / "sample-footnotes.pdf"


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that is compared.

    Attributes:
        name: Its name in the tables.
        requirement: What pip installs, with its version; empty if the project has everything it needs.
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


DSEARCH = Peer("dsearch", "deterministic-search==0.2.0", "dsearch_peer.py")
PEERS = (
    Peer("sentence-transformers and FAISS", "", "plain.py"),
    Peer("txtai", "txtai==9.14.0", "txtai_peer.py"),
    Peer("Haystack", "haystack-ai==2.31.0", "haystack_peer.py"),
    DSEARCH,
)


def main() -> None:
    """Create the environments and print which could not be created."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    available, excluded = prepare_peers(parser.parse_args().work)
    print(f"ready: {', '.join(peer.name for peer in available)}")
    for sentence in excluded:
        print(sentence)


def prepare_peers(work: Path, peers: Sequence[Peer] = PEERS) -> tuple[list[Peer], list[str]]:
    """Create the missing environments in a folder.

    Args:
        work: The folder.
        peers: Whose environments; all if left out.

    Returns:
        The peers that can run, and a sentence for each that cannot.
    """
    available, excluded = [], []
    for peer in peers:
        reason = _install(peer, work) if peer.requirement and not _is_installed(peer, work) else ""
        if reason:
            excluded.append(f"{peer.name} ({peer.requirement}) is left out: {reason}")
        else:
            available.append(peer)
    return available, excluded


def _marker(peer: Peer, work: Path) -> Path:
    return peer.python(work).parent.parent / "installed"


def _is_installed(peer: Peer, work: Path) -> bool:
    return _marker(peer, work).exists()


def _install(peer: Peer, work: Path) -> str:
    """Install a peer; the reason if that fails, else an empty string."""
    root = peer.python(work).parent.parent
    print(f"Installing {peer.requirement} ...", file=sys.stderr)
    venv.create(root, with_pip=True, clear=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(root), "platbase": str(root)})
    Path(packages, "project.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    try:
        result = subprocess.run(
            [str(peer.python(work)), "-m", "pip", "install", "--quiet", peer.requirement],
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"pip took more than {INSTALL_TIMEOUT} s."
    if result.returncode:
        errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR:")]
        return (errors or [f"ERROR: pip ended with {result.returncode}"])[-1].removeprefix("ERROR: ")
    _marker(peer, work).touch()
    return ""


def write_files(folder: Path, passages: Sequence[str]) -> None:
    """Write what the peers index: the sample essay's passages, and the essay as a PDF."""
    (folder / "passages").write_text("\0".join(passages), encoding="utf-8")
    shutil.copyfile(PDF, folder / "essay.pdf")


def run(command: Sequence[str], folder: Path) -> str:
    """Run a peer's command and return its output."""
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
    """Start peers that wait for questions, by name; they are terminated on exit."""
    with ExitStack() as stack:
        waiting = {}
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
            waiting[peer.name] = Running(process)
        yield waiting


if __name__ == "__main__":
    main()
