"""Time the answers of a server with many users, and measure its memory; prints Markdown tables.

    python benchmarks/server.py [--users 32] [--questions 1000] [--long 10000]

Starts a server with the sample essay. Users ask the questions of ``data/eval/sample``, each the next one as
soon as the last is answered: through the plain route for programs, with and without the reading model; and as
the page does, through Gradio's queue, which sends the passages first and the verdict after them. Continues
until ``--long`` questions are answered. The users run on the same processor as the server.
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
TIMEOUT = 120
# Questions that are asked on a page before it is reloaded.
CONVERSATION = 10
# Shown with the passages until the verdict arrives.
READING = cards.READING.encode()

# Asks one question on an open connection; returns seconds until passages are shown, and until the verdict.
Asking = Callable[[http.client.HTTPConnection, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        port: Its port.
        process: Its process id.
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
    parser.add_argument("--long", type=int, default=10_000, help="questions after which memory is measured")
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
        memory = [("once everything has been used", resident(server.process))]
        rows, asked = [], 0
        for users, number in ((1, len(questions)), (options.users, options.questions)):
            for name, asking in ways.items():
                times = ask(server.port, asking, questions, number, users)
                rows += [[str(users), *row] for row in rows_of(name, times)]
                asked += number
        memory.append((f"after {asked:,} more questions", resident(server.process)))
        if asked < options.long:
            ask(server.port, ways["plain route, `fast`"], questions, options.long - asked, options.users)
            memory.append((f"after {options.long:,}", resident(server.process)))
    print(table(("users", "way", "shown", "questions", "p50, ms", "p95, ms", "p99, ms"), rows))
    print(f"\n{table(('memory of the server', 'MB'), [(name, f'{size:.0f}') for name, size in memory])}")


def rows_of(name: str, times: Sequence[tuple[float, float]]) -> Iterator[list[str]]:
    """Rows of a way to ask: time until passages are shown and, if later, until the verdict is."""
    first, last = ([1000 * seconds for seconds in column] for column in zip(*times, strict=True))
    yield [name, "all" if first == last else "passages", str(len(times)), *tail(first, 0)]
    if first != last:
        yield [name, "verdict", str(len(times)), *tail(last, 0)]


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Start a server with the sample essay; it is terminated on exit."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    program = (sys.executable, "-m", "assistant")
    library = ("--library", str(folder / "library"))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    subprocess.run([*program, "add", str(SAMPLE), *library], check=True, **quiet)  # type: ignore[call-overload]
    start = perf_counter()
    with subprocess.Popen([*program, "serve", "--port", str(port), *library], **quiet) as process:  # type: ignore[call-overload]
        try:
            opened = wait(port, "/", start, process)
            ready = wait(port, "/api/ask?q=what&fast=1", start, process)
            yield Server(port, process.pid, opened, ready)
        finally:
            process.terminate()


def wait(port: int, path: str, start: float, process: subprocess.Popen[bytes]) -> float:
    """Wait until a path is answered; seconds since ``start``."""
    while perf_counter() - start < TIMEOUT and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            sleep(0.05)
        else:
            return perf_counter() - start
        finally:
            connection.close()
    sys.exit("the server does not answer")


def ask(
    port: int, asking: Asking, questions: Sequence[str], number: int, users: int
) -> list[tuple[float, float]]:
    """Let users ask questions at the same time.

    Returns:
        The seconds of each question, as ``asking`` returns them.
    """
    times: list[tuple[float, float]] = []
    numbers = count()

    def user() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        while (position := next(numbers)) < number:
            times.append(asking(connection, questions[position % len(questions)]))
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
    """Ask through the plain route."""

    def asking(connection: http.client.HTTPConnection, question: str) -> tuple[float, float]:
        start = perf_counter()
        answer = posted(connection, "/api/ask", {"question": question, "fast": fast})
        took = perf_counter() - start
        if not json.loads(answer)["passages"]:
            raise ValueError(answer)
        return took, took

    return asking


def queued(port: int) -> Asking:
    """Ask as the page does: put an event in the queue and read its results as a stream."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    connection.request("GET", "/config")
    page = json.loads(connection.getresponse().read())
    connection.close()
    event = next(
        dependency
        for dependency in page["dependencies"]
        if any(target[1] == "submit" for target in dependency["targets"])
    )
    # The other inputs have the values of a page that was just opened.
    defaults = {component["id"]: component["props"].get("value") for component in page["components"]}
    others = [defaults.get(component) for component in event["inputs"][1:]]
    # How many questions each user has asked on the open page; a page is one session.
    asked: dict[http.client.HTTPConnection, int] = defaultdict(int)
    sessions: dict[http.client.HTTPConnection, str] = {}

    def asking(connection: http.client.HTTPConnection, question: str) -> tuple[float, float]:
        start = perf_counter()
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
                shown = perf_counter() - start
            if b'"process_completed"' in line:
                if b'"success":true' not in line.replace(b" ", b""):
                    raise ValueError(line)
                took = perf_counter() - start
                stream.read()
                return shown, took
        raise ValueError(question)

    return asking


def posted(connection: http.client.HTTPConnection, path: str, sent: object) -> bytes:
    """Post JSON and return the answer."""
    connection.request("POST", path, json.dumps(sent), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != http.client.OK:
        raise ValueError(answer)
    return answer


if __name__ == "__main__":
    main()
