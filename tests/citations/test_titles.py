"""Rich text, titles and names, which citations consist of."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.record import name_from
from assistant.citations.titles import in_marks, marked_up, short_title, stopped
from assistant.core.rich import Rich, StyledText, joined, rich

STRETCHES = st.lists(st.tuples(st.text(max_size=5), st.booleans()), max_size=6)


def text_of(pieces: list[tuple[str, bool]]) -> Rich:
    return joined("", [rich(text, italic=italic) for text, italic in pieces])


@given(STRETCHES)
def test_runs_are_merged_and_nothing_is_lost(pieces: list[tuple[str, bool]]) -> None:
    text = text_of(pieces)
    assert text.plain() == "".join(piece for piece, _ in pieces)
    assert all(run.text for run in text.runs)
    assert all(run.italic != after.italic for run, after in pairwise(text.runs))
    assert text.italic().italic() == text


@given(STRETCHES, st.integers(0, 12), st.integers(0, 12))
def test_a_slice_keeps_the_italics(pieces: list[tuple[str, bool]], start: int, end: int) -> None:
    text = text_of(pieces)
    assert text[start:end].plain() == text.plain()[start:end]
    assert text[:start] + text[start:] == text


@given(STRETCHES)
def test_html_has_no_unescaped_characters_of_the_text(pieces: list[tuple[str, bool]]) -> None:
    bare = re.sub("</?i>", "", text_of(pieces).html())
    assert not set(bare) & {"<", ">"}
    assert not re.search("&(?!amp;|lt;|gt;)", bare)


@pytest.mark.parametrize(
    ("text", "markdown", "html"),
    [
        (rich("a_b c"), "a_b c", "a_b c"),
        (rich("_a_ *b* `c`"), r"\_a\_ \*b\* \`c\`", "_a_ *b* `c`"),
        (rich("[x](y) <z> & &lt;"), r"\[x\](y) \<z\> & \&lt;", "[x](y) &lt;z&gt; &amp; &amp;lt;"),
        (rich("# Lamps"), r"\# Lamps", "# Lamps"),
        (rich("1. Lamps"), r"1\. Lamps", "1. Lamps"),
        (rich("- Lamps"), r"\- Lamps", "- Lamps"),
        (rich("1984"), "1984", "1984"),
        (rich(" Lamps ", italic=True) + "x", " *Lamps* x", "<i> Lamps </i>x"),
        (rich("a") + rich(" ", italic=True) + "b", "a b", "a<i> </i>b"),
        (
            Rich((StyledText("“"), StyledText("Lamps", italic=True), StyledText(".”"))),
            "“*Lamps*.”",
            "“<i>Lamps</i>.”",
        ),
    ],
)
def test_markdown_and_html(text: Rich, markdown: str, html: str) -> None:
    assert (text.markdown(), text.html()) == (markdown, html)


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("On <i>Lamps</i>", "On <i>Lamps</i>"),
        ("<i>On <i>Lamps</i> Again</i>", "<i>On </i>Lamps<i> Again</i>"),
        ('H<sub>2</sub>O <b>and</b> <span class="nocase">iPad</span>', "H2O and iPad"),
        ('<span style="font-variant:small-caps;">AD</span>', "AD"),
        ("a <i> b", "a &lt;i&gt; b"),
        ("a </i> b <i>", "a &lt;/i&gt; b &lt;i&gt;"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        (" a ", "a"),
    ],
)
def test_markup_of_titles(title: str, html: str) -> None:
    assert marked_up(title).html() == html


@pytest.mark.parametrize(
    ("title", "short", "bare"),
    [
        ("The Lamp: A History", "The Lamp", "Lamp"),
        ("Who Lit It? A History", "Who Lit It?", "Who Lit It?"),
        ("<i>The Lamp: A</i> History", "<i>The Lamp</i>", "<i>Lamp</i>"),
        ("A “Lamp”", "A “Lamp”", "“Lamp”"),
        ("12:30 at Night", "12:30 at Night", "12:30 at Night"),
        ("The", "The", "The"),
        ("Another Lamp", "Another Lamp", "Another Lamp"),
    ],
)
def test_short_titles(title: str, short: str, bare: str) -> None:
    assert short_title({"title": title}).html() == short
    assert short_title({"title": title}, article=False).html() == bare


@pytest.mark.parametrize(
    ("title", "american", "british"),
    [
        ("The Lamp", "“The Lamp.”", "‘The Lamp’."),
        ("Who Lit It?", "“Who Lit It?”", "‘Who Lit It?’."),
        ("On “Light”", "“On ‘Light.’”", "‘On “Light”’."),
        ("Is It “Light”?", "“Is It ‘Light’?”", "‘Is It “Light”?’."),
        ("He Cried “Who?”", "“He Cried ‘Who?’”", "‘He Cried “Who?”’."),
        ("On ‘Light’", "“On ‘Light.’”", "‘On “Light”’."),
        ("The Keepers’", "“The Keepers’.”", "‘The Keepers’’."),
        ("Rock ’n’ Roll", "“Rock ’n’ Roll.”", "‘Rock ’n’ Roll’."),
        ("", "", ""),
    ],
)
def test_titles_in_marks(title: str, american: str, british: str) -> None:
    assert in_marks(rich(title), stop=".").plain() == american
    assert in_marks(rich(title), double=False, stop=".").plain() == british


def test_a_stop_is_not_doubled() -> None:
    assert [stopped(text).plain() for text in ("a", "a.", "a?", "a!", "“a”", "“a.”", "")] == [
        "a.",
        "a.",
        "a?",
        "a!",
        "“a.”",
        "“a.”",
        "",
    ]
    assert [stopped(text, ",").plain() for text in ("a", "a,", "a?", "“a?”")] == ["a,", "a,", "a?,", "“a?,”"]


@pytest.mark.parametrize(
    ("given", "spaced", "tight"),
    [
        ("Josie", "J.", "J."),
        ("Ada Jane", "A. J.", "A.J."),
        ("Jean-Paul", "J.-P.", "J.-P."),
        ("J.R.R.", "J. R. R.", "J.R.R."),
        ("J. R. R.", "J. R. R.", "J.R.R."),
        ("Émile", "É.", "É."),
        ("伟", "伟", "伟"),
        ("", "", ""),
    ],
)
def test_initials(given: str, spaced: str, tight: str) -> None:
    name = name_from({"family": "Gill", "given": given})
    assert (name.initials(), name.initials("")) == (spaced, tight)


@pytest.mark.parametrize(
    ("name", "direct", "inverted"),
    [
        ({"family": "Gill", "given": "Josie"}, "Josie Gill", "Gill, Josie"),
        ({"family": "King", "given": "Al", "suffix": "Jr."}, "Al King, Jr.", "King, Al, Jr."),
        ({"family": "King", "given": "Al", "suffix": "III"}, "Al King III", "King, Al, III"),
        (
            {"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"},
            "Jan van den Berg",
            "van den Berg, Jan",
        ),
        (
            {"family": "Goethe", "given": "Johann", "dropping-particle": "von"},
            "Johann von Goethe",
            "Goethe, Johann von",
        ),
        ({"literal": "The Coast Society"}, "The Coast Society", "Coast Society"),
        ({"given": "Plato"}, "Plato", "Plato"),
    ],
)
def test_names_in_order_and_inverted(name: dict[str, str], direct: str, inverted: str) -> None:
    parsed = name_from(name)
    assert (parsed.direct(comma=True), parsed.inverted()) == (direct, inverted)
