"""Small runs of what tests/safety/run.py tries at length: mutated inputs, kills, flips, system calls."""

from __future__ import annotations

from pathlib import Path

import flips
import kills
import mutated_inputs
import network
import pytest
import sandbox
from essay_library import SAMPLE

from assistant.library.library import Library


@pytest.mark.parametrize("kind", [kind for kind in mutated_inputs.KINDS if kind != "set"])
def test_mutated_inputs_get_an_answer_or_a_sentence(kind: str) -> None:
    tally = mutated_inputs.mutate(kind, 6, seed=3)
    assert [f"input {failure.number}: {failure.details}" for failure in tally.failures] == []
    assert sum(tally.counts.values()) == 6


def test_mutated_question_sets_get_figures_or_a_sentence() -> None:
    pytest.importorskip("ir_measures")
    assert mutated_inputs.mutate("set", 4, seed=3).failures == []


def test_killed_changes_are_made_or_not() -> None:
    result = kills.kill(12, seed=2)
    assert result.failures == []
    assert result.killed


def test_flipped_bits_change_no_word() -> None:
    assert flips.flip(30, seed=2).failures == []


def test_a_limit_that_is_exceeded_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    monkeypatch.setattr(sandbox, "MEGABYTES", 64)

    def attempt(number: int) -> str:
        if number == 1:
            while True:
                pass
        if number == 2:
            return f"{len(bytes(256 * 2**20))}"
        if number == 3:
            raise ValueError
        return "done"

    tally = sandbox.run(attempt, range(5))
    assert tally.counts == {"done": 2, "killed by SIGXCPU": 1, "MemoryError": 1, "ValueError": 1}
    assert [failure.number for failure in tally.failures] == [1, 2, 3]


@pytest.mark.real_model
def test_questions_reach_no_other_machine(tmp_path: Path) -> None:
    if not network.is_available():
        pytest.skip("no strace")
    root = tmp_path / "library"
    Library(root).add(SAMPLE)
    trace = network.trace_command(["ask", "What is a verse?", "--library", str(root)], tmp_path)
    assert trace.outside == []


def test_calls_that_leave_the_machine_are_seen(tmp_path: Path) -> None:
    log = tmp_path / "trace.txt"
    log.write_text(
        '1 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("93.184.216.34")}) = 0\n'
        '1 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}) = 0\n'
        '1 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0\n'
        '1 openat(AT_FDCWD, "/etc/resolv.conf", O_RDONLY|O_CLOEXEC) = 3\n'
        '1 connect(3, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT\n'
        "1 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "2606:2800::1", &sin6_addr), sin6_scope_id=0}, 28) = 0\n'
    )
    assert len(network.read_trace(log).outside) == 5
