"""Kinds of change to printed words: those that a careful writer may make, and those that nobody may.

A kind of change is a function of a random generator and printed words; it gives the words as a writer
quotes them, or ``None`` where the words do not lend themselves to it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from random import Random

Change = Callable[[Random, str], str | None]

ELLIPSES = ("...", ". . .", "…", "[...]", "[…]", "[. . .]", "....", ". . . .")
DASHES = ("—", "–", "--", " — ", " – ", "---")
_SPACES = ("  ", "\n", "\u00a0", "\t", " \n ", "\u2009")


# -- what a careful writer may do


def verbatim(_: Random, words: str) -> str:
    return words


def outer_marks(rng: Random, words: str) -> str | None:
    opening, closing = rng.choice([('"', '"'), ("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“")])
    return None if re.search(r"[\"“”„«»'‘’]", words) else f"{opening}{words}{closing}"


def curly_marks(_: Random, words: str) -> str | None:
    made = re.sub(r"(^|[\s(\[—–-])\"", r"\1“", words).replace('"', "”").replace("'", "’")
    return made if made != words else None


def nested_marks(_: Random, words: str) -> str | None:
    return f"“{words.replace(chr(34), chr(39))}”" if words.count('"') == 2 else None


def dash_forms(rng: Random, words: str) -> str | None:
    made = re.sub(r"\s*[—–]\s*", lambda _: rng.choice(DASHES), words)
    return made if made != words else None


def spacing(rng: Random, words: str) -> str | None:
    return re.sub(" ", lambda found: rng.choice([found.group(), *_SPACES]), words)


def omission(rng: Random, words: str) -> str | None:
    parts = words.split()
    if len(parts) < 8:
        return None
    start = rng.randint(2, len(parts) - 5)
    end = start + rng.randint(1, min(4, len(parts) - start - 3))
    if not re.search(r"\w", " ".join(parts[start:end])):
        return None
    return " ".join([*parts[:start], rng.choice(ELLIPSES), *parts[end:]])


def omission_at_end(rng: Random, words: str) -> str:
    return f"{words.rstrip('.,;:')} {rng.choice(ELLIPSES)}"


def omission_at_start(rng: Random, words: str) -> str:
    return f"{rng.choice(ELLIPSES)} {words}"


def sic(rng: Random, words: str) -> str:
    parts = words.split()
    return " ".join([*parts[: (at := rng.randint(1, len(parts)))], "[sic]", *parts[at:]])


def capital(_: Random, words: str) -> str | None:
    return f"[{words[0].swapcase()}]{words[1:]}" if words[0].isalpha() else None


def ending(rng: Random, words: str) -> str | None:
    parts = words.split()
    long = [at for at, part in enumerate(parts) if part.isalpha() and len(part) > 4]
    if not long:
        return None
    at = rng.choice(long)
    parts[at] = parts[at][: len(parts[at]) - rng.randint(0, 2)] + rng.choice(["[s]", "[ed]", "[ing]", "[]"])
    return " ".join(parts)


def substitution(rng: Random, words: str) -> str | None:
    parts = words.split()
    if len(parts) < 8:
        return None
    at = rng.randint(2, len(parts) - 4)
    gone = rng.randint(1, 2)
    tail = re.sub(r"^.*?([^\w\s]*)$", r"\1", parts[at + gone - 1])
    if not all(re.search(r"\w", part) for part in parts[at : at + gone]):
        return None
    bracket = rng.choice(["[he]", "[Eusebius]", "[the new edition]"]) + tail
    return " ".join([*parts[:at], bracket, *parts[at + gone :]])


def insertion(rng: Random, words: str) -> str | None:
    parts = words.split()
    at = rng.randint(1, len(parts) - 1)
    return " ".join([*parts[:at], rng.choice(["[her]", "[as we saw]", "[emphasis added]"]), *parts[at:]])


def own_point(rng: Random, words: str) -> str | None:
    bare = re.sub(r"[.,;:]$", "", words)
    return bare + rng.choice(".,") if bare[-1].isalnum() else None


def several_edits(rng: Random, words: str) -> str | None:
    made = omission(rng, words)
    made = made and capital(rng, made)
    return made and own_point(rng, made)


ALLOWED: tuple[Change, ...] = (
    verbatim, outer_marks, curly_marks, nested_marks, dash_forms, spacing, omission, omission_at_end,
    omission_at_start, sic, capital, ending, substitution, insertion, own_point, several_edits,
)  # fmt: skip


# -- what no writer may do


def _letters(words: str) -> list[int]:
    return [at for at, ch in enumerate(words) if ch.isalpha()]


def letter_replaced(rng: Random, words: str) -> str:
    at = rng.choice(_letters(words))
    other = rng.choice([ch for ch in string.ascii_lowercase if ch != words[at].lower()])
    return words[:at] + (other.upper() if words[at].isupper() else other) + words[at + 1 :]


def letter_dropped(rng: Random, words: str) -> str:
    at = rng.choice(_letters(words))
    return words[:at] + words[at + 1 :]


def letter_added(rng: Random, words: str) -> str:
    at = rng.choice(_letters(words))
    return words[:at] + rng.choice(string.ascii_lowercase) + words[at:]


def letter_doubled(rng: Random, words: str) -> str:
    at = rng.choice(_letters(words))
    return words[: at + 1] + words[at:]


def letters_swapped(rng: Random, words: str) -> str | None:
    pairs = [at for at in _letters(words[:-1]) if words[at + 1].isalpha() and words[at] != words[at + 1]]
    return words[: (at := rng.choice(pairs))] + words[at + 1] + words[at] + words[at + 2 :] if pairs else None


def case(rng: Random, words: str) -> str:
    at = rng.choice(_letters(words))
    return words[:at] + words[at].swapcase() + words[at + 1 :]


def accent(rng: Random, words: str) -> str | None:
    found = [at for at, ch in enumerate(words) if ch in "aeiou"]
    return words[: (at := rng.choice(found)) + 1] + "\u0301" + words[at + 1 :] if found else None


def word_replaced(rng: Random, words: str) -> str:
    parts = words.split()
    parts[rng.randrange(len(parts))] = rng.choice(["window", "never", "thou", "quickly", "Napoleon"])
    return " ".join(parts)


def word_dropped(rng: Random, words: str) -> str:
    parts = words.split()
    del parts[rng.randint(1, len(parts) - 2)]
    return " ".join(parts)


def word_added(rng: Random, words: str) -> str:
    parts = words.split()
    parts.insert(rng.randint(1, len(parts) - 1), rng.choice(["not", "very", "surely", "and"]))
    return " ".join(parts)


def words_swapped(rng: Random, words: str) -> str | None:
    parts = words.split()
    at = rng.randrange(len(parts) - 1)
    parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return " ".join(parts)


def words_joined(rng: Random, words: str) -> str | None:
    found = [found.start() for found in re.finditer(r"(?<=[^\W\d]) (?=[^\W\d])", words)]
    return words[: (at := rng.choice(found))] + words[at + 1 :] if found else None


def point_changed(rng: Random, words: str) -> str | None:
    found = [found.start() for found in re.finditer(r"[,;:.?!](?= \w)", words)]
    if not found:
        return None
    at = rng.choice(found)
    return words[:at] + rng.choice([ch for ch in ("", ",", ";", "!") if ch != words[at]]) + words[at + 1 :]


def marks_dropped(_: Random, words: str) -> str | None:
    inner = words.strip('"').count('"') >= 2 and words.count('"') == 2
    return words.replace('"', "") if inner else None


def figure_changed(rng: Random, words: str) -> str | None:
    found = [at for at, ch in enumerate(words) if ch.isdecimal()]
    if not found:
        return None
    at = rng.choice(found)
    return words[:at] + str((int(words[at]) + rng.randint(1, 9)) % 10) + words[at + 1 :]


def words_dropped_unmarked(rng: Random, words: str) -> str | None:
    parts = words.split()
    if len(parts) < 9:
        return None
    start = rng.randint(2, len(parts) - 6)
    return " ".join([*parts[:start], *parts[start + 3 :]])


def edits_and_a_letter(rng: Random, words: str) -> str | None:
    made = several_edits(rng, words)
    if made is None:
        return None
    at = rng.choice([at for at in _letters(made) if at > 3])
    return f"{made[:at]}{'q' if made[at] != 'q' else 'x'}{made[at + 1 :]}"


FORBIDDEN: tuple[Change, ...] = (
    letter_replaced, letter_dropped, letter_added, letter_doubled, letters_swapped, case, accent,
    word_replaced, word_dropped, word_added, words_swapped, words_joined, point_changed, marks_dropped,
    figure_changed, words_dropped_unmarked, edits_and_a_letter,
)  # fmt: skip
