"""How long many users at once wait, and whether the server grows, as Markdown tables on stdout.

    python benchmarks/server.py [--users 32] [--questions 1000] [--long 10000]

Starts the server with the sample essay in a library of its own, and lets users ask the questions of
``data/eval/sample``, each the next one as soon as the last is answered: by the plain route for programs, with
and without the model that reads; and by the page's own way, the queue of Gradio, where the passages come
first and the verdict after them. Then asks on until ``--long`` questions are answered. The users run on the
same processor as the server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import secrets
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from measuring import QUERIES, SAMPLE, environment, resident, table, tail

from assistant.web.views import answer as cards

# Seconds.
PATIENCE = 120
# Questions that are asked on a page before it is loaded anew.
CONVERSATION = 10
# Stands with the passages until the verdict comes.
READING = cards.READING.encode()

# Asks one question on an open connection: seconds until passages are shown, and until all is.
Asking = Callable[[http.client.HTTPConnection, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs.

    Attributes:
        port: Where it listens.
        process: Its process.
        opened: Seconds from its start to the first page.
        ready: Seconds from its start to the first answer.
    """

    port: int
    process: int
    opened: float
    ready: float


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=32)
    parser.add_argument("--questions", type=int, default=1000, help="questions of each row")
    parser.add_argument("--long", type=int, default=10_000, help="questions after which memory is looked at")
    options = parser.parse_args()
    questions = [json.loads(line)["text"] for line in QUERIES.read_text("utf-8").splitlines()]
    with TemporaryDirectory() as folder, served(Path(folder)) as server:
        print(f"First page {server.opened:.1f} s after the start, first answer {server.ready:.1f} s.\n")
        ways = {
            "plain route, `fast`": plain(fast=True),
            "plain route": plain(fast=False),
            "the page": queued(server.port),
        }
        for asking in ways.values():
            ask(server.port, asking, questions, 2 * len(questions), options.users)
        grown = [("once all has been used", resident(server.process))]
        rows, asked = [], 0
        for users, number in ((1, len(questions)), (options.users, options.questions)):
            for name, asking in ways.items():
                times = ask(server.port, asking, questions, number, users)
                rows += [[str(users), *row] for row in told(name, times)]
                asked += number
        grown.append((f"after {asked:,} questions more", resident(server.process)))
        if asked < options.long:
            ask(server.port, ways["plain route, `fast`"], questions, options.long - asked, options.users)
            grown.append((f"after {options.long:,}", resident(server.process)))
    print(table(("users", "way", "shown", "questions", "p50, ms", "p95, ms", "p99, ms"), rows))
    print(f"\n{table(('memory of the server', 'MB'), [(name, f'{size:.0f}') for name, size in grown])}")


def told(name: str, times: Sequence[tuple[float, float]]) -> Iterator[list[str]]:
    """Rows of a way to ask: when passages are shown and, if later, when the verdict is."""
    first, last = ([1000 * one for one in column] for column in zip(*times, strict=True))
    yield [name, "all" if first == last else "passages", str(len(times)), *tail(first, 0)]
    if first != last:
        yield [name, "verdict", str(len(times)), *tail(last, 0)]


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A server with the sample essay, ended at the end."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    program = (sys.executable, "-m", "assistant")
    library = ("--library", str(folder / "library"))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    subprocess.run([*program, "add", str(SAMPLE), *library], check=True, **quiet)  # type: ignore[call-overload]
    begun = perf_counter()
    with subprocess.Popen([*program, "serve", "--port", str(port), *library], **quiet) as process:  # type: ignore[call-overload]
        try:
            opened = wait(port, "/", begun, process)
            ready = wait(port, "/api/ask?q=what&fast=1", begun, process)
            yield Server(port, process.pid, opened, ready)
        finally:
            process.terminate()


def wait(port: int, path: str, begun: float, process: subprocess.Popen[bytes]) -> float:
    """Seconds from a moment until a path is answered."""
    while perf_counter() - begun < PATIENCE and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            sleep(0.05)
        else:
            return perf_counter() - begun
        finally:
            connection.close()
    sys.exit("the server does not answer")


def ask(
    port: int, asking: Asking, questions: Sequence[str], number: int, users: int
) -> list[tuple[float, float]]:
    """Let some users ask some questions together.

    Returns:
        The seconds of each question, as ``asking`` gives them.
    """
    times: list[tuple[float, float]] = []
    places = count()

    def user() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        while (place := next(places)) < number:
            times.append(asking(connection, questions[place % len(questions)]))
        connection.close()

    threads = [threading.Thread(target=user) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != number:
        sys.exit("a question was not answered")
    return times


def plain(*, fast: bool) -> Asking:
    """Asking by the plain route."""

    def asking(connection: http.client.HTTPConnection, question: str) -> tuple[float, float]:
        begun = perf_counter()
        answer = posted(connection, "/api/ask", {"question": question, "fast": fast})
        took = perf_counter() - begun
        if not json.loads(answer)["passages"]:
            raise ValueError(answer)
        return took, took

    return asking


def queued(port: int) -> Asking:
    """Asking as the page does: an event is put in the queue, and its results come as a stream."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/config")
    page = json.loads(connection.getresponse().read())
    connection.close()
    event = next(
        one for one in page["dependencies"] if any(target[1] == "submit" for target in one["targets"])
    )
    # Beside the question stands what a page that was just opened has chosen.
    chosen = {one["id"]: one["props"].get("value") for one in page["components"]}
    others = [chosen.get(one) for one in event["inputs"][1:]]
    # What each user has asked on the page that is open: all of it in one session.
    asked: dict[http.client.HTTPConnection, int] = defaultdict(int)
    sessions: dict[http.client.HTTPConnection, str] = {}

    def asking(connection: http.client.HTTPConnection, question: str) -> tuple[float, float]:
        begun = perf_counter()
        if asked[connection] % CONVERSATION == 0:
            sessions[connection] = secrets.token_hex(8)
        asked[connection] += 1
        session = sessions[connection]
        joined = {"data": [question, *others], "fn_index": event["id"], "session_hash": session}
        posted(connection, "/gradio_api/queue/join", joined)
        connection.request("GET", f"/gradio_api/queue/data?session_hash={session}")
        stream, shown = connection.getresponse(), 0.0
        while line := stream.readline():
            if not shown and b'"process_generating"' in line and READING in line:
                shown = perf_counter() - begun
            if b'"process_completed"' in line:
                if b'"success":true' not in line.replace(b" ", b""):
                    raise ValueError(line)
                took = perf_counter() - begun
                stream.read()
                return shown, took
        raise ValueError(question)

    return asking


def posted(connection: http.client.HTTPConnection, path: str, sent: object) -> bytes:
    """What a server answers to some JSON."""
    connection.request("POST", path, json.dumps(sent), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != http.client.OK:
        raise ValueError(answer)
    return answer


if __name__ == "__main__":
    main()
