"""Run the ten commands of docs/cluster.md on this machine, with three nodes of Ray that are its own.

The nodes have ports and a temporary folder of their own, the token is in a home of its own, and all of it
ends with the script. The answer to a question must be the same before and after, and from the page.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Who numbered the leaves?"
ACCOUNT = "reader:a word to pass"
# Seconds until a node is up.
_PATIENCE = 60
_OF_ALL_NODES = ["--num-cpus", "1", "--object-store-memory", "80000000", "--block"]


class Guide:
    """The commands, with the names of this machine in place of those that the reader puts in.

    Args:
        folder: An empty folder for everything.
    """

    def __init__(self, folder: Path) -> None:
        self.library, self._folder = folder / "library", folder
        self.port, self._ray_port = _free_port(), _free_port()
        (folder / "more").mkdir()
        shutil.copy(ROOT / "tests" / "layouts" / "footnotes.txt", folder / "more")
        (folder / "accounts.txt").write_text(f"{ACCOUNT}\n", "utf-8")
        self._environment = os.environ | {
            "HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "RAY_ADDRESS": f"127.0.0.1:{self._ray_port}",
        }
        self._nodes: list[subprocess.Popen[bytes]] = []

    def commands(self) -> Iterator[str]:
        """The commands of the document that can be run here, with the names put in."""
        text = (ROOT / "docs" / "cluster.md").read_text("utf-8")
        section = text.partition("## From one folder to three machines")[2]
        names = {
            "LIBRARY": str(self.library),
            "FOLDER": str(self._folder / "more"),
            "ACCOUNTS": str(self._folder / "accounts.txt"),
            "HOST": "127.0.0.1",
            "6379": str(self._ray_port),
        }
        for line in section.split("```")[1].strip().splitlines():
            command = re.sub(r"\s+# \d+ .*", "", line)
            if not command.startswith("pip "):
                yield re.sub("|".join(names), lambda found: names[found[0]], command)

    def export(self, setting: str) -> None:
        """Set a variable for the commands that follow."""
        name, _, value = setting.partition("=")
        self._environment[name] = value

    def run(self, *words: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{shlex.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *words: str) -> None:
        """Start a node, and wait until it is up."""
        options = [*_OF_ALL_NODES, "--dashboard-agent-listen-port", str(_free_port())]
        if "--head" in words:
            options += [
                "--temp-dir",
                str(self._folder / "ray"),
                "--ray-client-server-port",
                str(_free_port()),
            ]
        log = (self._folder / f"node{len(self._nodes)}.log").open("wb")
        command = [*words, *options]
        self._nodes.append(subprocess.Popen(command, env=self._environment, stdout=log, stderr=log))
        until = time.monotonic() + _PATIENCE
        while self._nodes_up() < len(self._nodes):
            if time.monotonic() > until or self._nodes[-1].poll() is not None:
                raise SystemExit(f"{shlex.join(words)} failed:\n{Path(log.name).read_text('utf-8')}")
            time.sleep(1)

    def _nodes_up(self) -> int:
        code = (
            "import ray; ray.init('auto', log_to_driver=False); print(sum(n['Alive'] for n in ray.nodes()))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=self._environment, capture_output=True, text=True, check=False
        )
        return int(done.stdout or 0) if done.returncode == 0 else 0

    def answer(self, library: str) -> object:
        """The answer to the question, as JSON."""
        return json.loads(self.run("assistant", "ask", "--library", library, QUESTION, "--json"))

    def answer_of_page(self) -> object:
        """The answer that a replica of the page gives to a program."""
        url = f"http://127.0.0.1:{self.port}/api/ask?q={QUESTION.replace(' ', '+')}"
        basic = base64.b64encode(ACCOUNT.encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {basic}"})
        with urllib.request.urlopen(request, timeout=_PATIENCE) as reply:  # noqa: S310 - of this machine
            return json.loads(reply.read())

    @staticmethod
    def compare(answer: object, wanted: object) -> None:
        """Stop if an answer is another one than wanted."""
        if answer != wanted:
            raise SystemExit(f"The answers differ:\n{json.dumps(answer)}\n{json.dumps(wanted)}")

    def end(self) -> None:
        """End the nodes."""
        for node in reversed(self._nodes):
            node.terminate()
            node.wait()


@contextmanager
def a_guide() -> Iterator[Guide]:
    """A guide in a folder that is deleted at the end, as its nodes are."""
    with tempfile.TemporaryDirectory(prefix="guide-", ignore_cleanup_errors=True) as folder:
        guide = Guide(Path(folder))
        try:
            yield guide
        finally:
            guide.end()


def main() -> None:
    """Run the commands."""
    with a_guide() as guide:
        guide.run(
            "assistant", "add", str(ROOT / "data" / "sample" / "essay.txt"), "--library", str(guide.library)
        )
        before = guide.answer(str(guide.library))
        for line in guide.commands():
            print(f"$ {line}", flush=True)
            command = line
            if command.startswith("export "):
                setting, _, command = command.removeprefix("export ").partition("; ")
                guide.export(setting)
            words = shlex.split(command)
            start = time.monotonic()
            if words[:2] == ["ray", "start"]:
                # The second machine and the third.
                for _ in range(1 if "--head" in words else 2):
                    guide.start(*words)
            elif "serve" in words:
                guide.run(*words, "--port", str(guide.port))
            else:
                print(guide.run(*words), end="")
            if "ask" in words:
                guide.compare(guide.answer("ray:auto"), before)
            print(f"  {time.monotonic() - start:.0f} s", flush=True)
        guide.compare(guide.answer_of_page(), guide.answer("ray:auto"))
        guide.run("assistant", "cluster", "serve", str(guide.library), "--stop")
        of_shards = guide.answer(str(guide.library))
        guide.run("assistant", "cluster", "join", str(guide.library))
        guide.compare(guide.answer(str(guide.library)), of_shards)
        print("All commands did what the guide says.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
