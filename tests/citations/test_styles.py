"""In-text citations as in the styles' published examples, and incomplete or hostile records."""

from __future__ import annotations

from typing import Any

import pytest
from works_cited import ARTICLE, BERG, BOOK, CHAPTER, FOX, GATES, LEE, MARSH, RAY, WEB, starred, without

from assistant.citations.styles import STYLES, style_named
from assistant.core.errors import RecordError

ALL = {"mla", "chicago", "apa", "harvard", "ieee"}
IN_TEXT: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    (
        ARTICLE,
        "849",
        {
            "mla": "(Marsh 849)",
            "chicago": "(Marsh 2014, 849)",
            "apa": "(Marsh, 2014, p. 849)",
            "harvard": "(Marsh, 2014, p. 849)",
            "ieee": "[1, p. 849]",
        },
    ),
    (
        ARTICLE,
        "849-50",
        {
            "mla": "(Marsh 849–50)",
            "chicago": "(Marsh 2014, 849–50)",
            "apa": "(Marsh, 2014, pp. 849–850)",
            "harvard": "(Marsh, 2014, pp. 849–850)",
            "ieee": "[1, pp. 849–850]",
        },
    ),
    (
        ARTICLE,
        "xii-xiv",
        {
            "mla": "(Marsh xii–xiv)",
            "chicago": "(Marsh 2014, xii–xiv)",
            "apa": "(Marsh, 2014, pp. xii–xiv)",
            "harvard": "(Marsh, 2014, pp. xii–xiv)",
            "ieee": "[1, pp. xii–xiv]",
        },
    ),
    (
        ARTICLE,
        "",
        {
            "mla": "(Marsh)",
            "chicago": "(Marsh 2014)",
            "apa": "(Marsh, 2014)",
            "harvard": "(Marsh, 2014)",
            "ieee": "[1]",
        },
    ),
    (
        BOOK,
        "103-04",
        {
            "mla": "(Marsh and Lee 103–04)",
            "chicago": "(Marsh and Lee 1984, 103–4)",
            "apa": "(Marsh & Lee, 1984, pp. 103–104)",
            "harvard": "(Marsh and Lee, 1984, pp. 103–104)",
            "ieee": "[1, pp. 103–104]",
        },
    ),
    (
        CHAPTER,
        "9",
        {
            "mla": "(Marsh et al. 9)",
            "chicago": "(Marsh et al. 2003, 9)",
            "apa": "(Marsh et al., 2003, p. 9)",
            "harvard": "(Marsh, Lee and Ray, 2003, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        without(CHAPTER, author=[MARSH, LEE, RAY, FOX]),
        "9",
        {
            "mla": "(Marsh et al. 9)",
            "chicago": "(Marsh et al. 2003, 9)",
            "apa": "(Marsh et al., 2003, p. 9)",
            "harvard": "(Marsh et al., 2003, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        WEB,
        "",
        {
            "mla": "(Coast Society)",
            "chicago": "(Coast Society, n.d.)",
            "apa": "(Coast Society, n.d.)",
            "harvard": "(Coast Society, no date)",
            "ieee": "[1]",
        },
    ),
    (
        without(BOOK, author=[BERG]),
        "9",
        {
            "mla": "(van den Berg 9)",
            "chicago": "(van den Berg 1984, 9)",
            "apa": "(van den Berg, 1984, p. 9)",
            "harvard": "(van den Berg, 1984, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        without(BOOK, author=[GATES]),
        "9",
        {
            "mla": "(Gates 9)",
            "chicago": "(Gates 1984, 9)",
            "apa": "(Gates, 1984, p. 9)",
            "harvard": "(Gates, 1984, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        without(ARTICLE, "author"),
        "9",
        {
            "mla": "(“Light at Sea” 9)",
            "chicago": "(“Light at Sea” 2014, 9)",
            "apa": "(“Light at Sea,” 2014, p. 9)",
            "harvard": "(‘Light at Sea’, 2014, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        without(BOOK, "author"),
        "9",
        {
            "mla": "(*Keeper* 9)",
            "chicago": "(*Keeper* 1984, 9)",
            "apa": "(*The Keeper*, 1984, p. 9)",
            "harvard": "(*The Keeper*, 1984, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        without(BOOK, "author", editor=[RAY, FOX]),
        "9",
        {
            "mla": "(Ray and Fox 9)",
            "chicago": "(Ray and Fox 1984, 9)",
            "apa": "(Ray & Fox, 1984, p. 9)",
            "harvard": "(Ray and Fox, 1984, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
    (
        without(ARTICLE, "author", **{"title-short": "Lamps"}),
        "9",
        {
            "mla": "(“Lamps” 9)",
            "chicago": "(“Lamps” 2014, 9)",
            "apa": "(“Lamps,” 2014, p. 9)",
            "harvard": "(‘Lamps’, 2014, p. 9)",
            "ieee": "[1, p. 9]",
        },
    ),
]


def stars(style: str, record: dict[str, Any], locator: str, records: list[dict[str, Any]]) -> str:
    """An in-text citation with the italics of titles between asterisks."""
    runs = style_named(style, records).rich_in_text(record, locator).runs
    return "".join(f"*{run.text}*" if run.italic and run.text != "et al." else run.text for run in runs)


@pytest.mark.parametrize("style", sorted(ALL))
@pytest.mark.parametrize(("record", "locator", "wanted"), IN_TEXT)
def test_in_text_citations(style: str, record: dict[str, Any], locator: str, wanted: dict[str, str]) -> None:
    assert stars(style, record, locator, [record]) == wanted[style]
    assert stars(style, record, locator, []) == wanted[style]


OTHER_TITLE = without(ARTICLE, title="Bells", issued={"date-parts": [[2014]]})
OTHER_YEAR = without(ARTICLE, title="Bells", issued={"date-parts": [[2015]]})
NAMESAKE = without(ARTICLE, title="Bells", author=[{"family": "Marsh", "given": "Tom"}])
NEAR_NAMESAKE = without(ARTICLE, title="Bells", author=[{"family": "Marsh", "given": "Anna"}])
SHORTER = without(ARTICLE, title="Bells", author=[{"family": "Marsh", "given": "A."}])
TRIO, TRIO_2 = (
    without(CHAPTER, author=[MARSH, LEE, third], title=f"T {third['given']}") for third in (RAY, FOX)
)
QUARTET = without(CHAPTER, author=[MARSH, LEE, RAY, FOX])
QUARTET_2 = without(CHAPTER, author=[MARSH, FOX, RAY, LEE], title="Bells")


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (
            OTHER_TITLE,
            {
                "mla": "(Marsh, “Light at Sea” 9)",
                "chicago": "(Marsh 2014b, 9)",
                "apa": "(Marsh, 2014b, p. 9)",
                "harvard": "(Marsh, 2014b, p. 9)",
                "ieee": "[2, p. 9]",
            },
        ),
        (
            OTHER_YEAR,
            {
                "mla": "(Marsh, “Light at Sea” 9)",
                "chicago": "(Marsh 2014, 9)",
                "apa": "(Marsh, 2014, p. 9)",
                "harvard": "(Marsh, 2014, p. 9)",
                "ieee": "[2, p. 9]",
            },
        ),
        (
            NAMESAKE,
            {
                "mla": "(A. Marsh 9)",
                "chicago": "(A. Marsh 2014, 9)",
                "apa": "(A. J. Marsh, 2014, p. 9)",
                "harvard": "(A. J. Marsh, 2014, p. 9)",
                "ieee": "[2, p. 9]",
            },
        ),
        (
            NEAR_NAMESAKE,
            {
                "mla": "(Ada J. Marsh 9)",
                "chicago": "(Ada J. Marsh 2014, 9)",
                "apa": "(A. J. Marsh, 2014, p. 9)",
                "harvard": "(A. J. Marsh, 2014, p. 9)",
                "ieee": "[2, p. 9]",
            },
        ),
        (
            SHORTER,
            {
                "mla": "(Marsh, “Light at Sea” 9)",
                "chicago": "(Marsh 2014, 9)",
                "apa": "(Marsh, 2014, p. 9)",
                "harvard": "(Marsh, 2014, p. 9)",
                "ieee": "[2, p. 9]",
            },
        ),
    ],
    ids=["same author and year", "same author", "same surname", "same initial", "same person shortened"],
)
@pytest.mark.parametrize("style", sorted(ALL))
def test_a_work_is_distinguished_from_another(
    style: str, other: dict[str, Any], wanted: dict[str, str]
) -> None:
    assert stars(style, ARTICLE, "9", [other, ARTICLE]) == wanted[style]


@pytest.mark.parametrize(
    ("style", "record", "other", "wanted"),
    [
        ("apa", TRIO, TRIO_2, "(Marsh, Lee, & Ray, 2003, p. 9)"),
        ("apa", QUARTET, QUARTET_2, "(Marsh, Lee, et al., 2003, p. 9)"),
        ("chicago", QUARTET, QUARTET_2, "(Marsh, Lee, et al. 2003, 9)"),
        ("mla", QUARTET, QUARTET_2, "(Marsh et al., “Who Lit It?” 9)"),
        ("mla", BOOK, without(BOOK, title="Bells"), "(Marsh and Lee, *Keeper* 9)"),
        ("apa", WEB, without(WEB, title="Bells"), "(Coast Society, n.d.-b, p. 9)"),
        ("chicago", WEB, without(WEB, title="Bells"), "(Coast Society, n.d.-b, 9)"),
        ("harvard", WEB, without(WEB, title="Bells"), "(Coast Society, no date b, p. 9)"),
        # The same work twice in a library is one work.
        ("mla", ARTICLE, dict(ARTICLE), "(Marsh 9)"),
        ("apa", ARTICLE, dict(ARTICLE), "(Marsh, 2014, p. 9)"),
        ("ieee", ARTICLE, dict(ARTICLE), "[1, p. 9]"),
    ],
)
def test_works_of_several_authors_are_distinguished(
    style: str, record: dict[str, Any], other: dict[str, Any], wanted: str
) -> None:
    assert stars(style, record, "9", [other, record]) == wanted


def test_the_reference_has_the_letter_too() -> None:
    assert starred("apa", OTHER_TITLE, [ARTICLE, OTHER_TITLE]).startswith("Marsh, A. J. (2014a). Bells.")
    assert starred("chicago", ARTICLE, [ARTICLE, OTHER_TITLE]).startswith("Marsh, Ada J. 2014b. “Light")


def test_letters_continue_after_z() -> None:
    many = [without(ARTICLE, title=f"T{number:02}") for number in range(28)]
    style = style_named("chicago", many)
    assert [style.in_text(many[index], "") for index in (0, 25, 26, 27)] == [
        "(Marsh 2014a)",
        "(Marsh 2014z)",
        "(Marsh 2014aa)",
        "(Marsh 2014ab)",
    ]


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("mla", "(Weinbaum, qtd. in Marsh 846)"),
        ("chicago", "(Weinbaum, quoted in Marsh 2014, 846)"),
        ("apa", "(Weinbaum, as cited in Marsh, 2014, p. 846)"),
        ("harvard", "(Weinbaum, quoted in Marsh, 2014, p. 846)"),
        ("ieee", "(Weinbaum, cited in Marsh [1, p. 846])"),
        (
            "chicago-notes",
            (
                "Weinbaum, quoted in Ada J. Marsh, “Light at Sea: A History of Lamps,” Coast Studies 60, no. "
                "4 (2014): 846, https://doi.org/10.1000/lamp."
            ),
        ),
    ],
)
def test_words_that_the_work_quotes(style: str, wanted: str) -> None:
    assert style_named(style, [ARTICLE]).in_text(ARTICLE, "846", quoting="Weinbaum") == wanted


def test_a_short_note_of_quoted_words() -> None:
    style = style_named("chicago-notes", [ARTICLE])
    assert (
        style.again(ARTICLE, "846", quoting="Weinbaum") == "Weinbaum, quoted in Marsh, “Light at Sea,” 846."
    )


HOSTILE: list[dict[str, Any]] = [
    {},
    {"title": ""},
    {"title": None, "author": None, "issued": None},
    {"title": "T", "author": [{}], "editor": [{"given": "Bo"}], "issued": {"date-parts": []}},
    {"title": "T", "author": ["Ada Marsh"], "page": "", "volume": 0, "issued": {"date-parts": [[None]]}},
    {"title": "T", "issued": {"date-parts": [[2014, 13, 45]]}, "accessed": {"raw": "soon"}, "URL": " "},
    {"title": "?", "type": "nothing", "DOI": " ", "edition": "", "publisher": " "},
    {"title": "<i>", "container-title": "</i><i>", "type": "chapter", "page": "-"},
    {"title": "‘", "author": [{"family": "’", "given": "-"}], "type": "thesis"},
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["article-journal", "chapter", "book", "webpage", "thesis", "document", ""])
@pytest.mark.parametrize("record", HOSTILE)
def test_missing_pieces_are_left_out(style: str, kind: str, record: dict[str, Any]) -> None:
    work = record | ({"type": kind} if kind else {})
    chosen = style_named(style, [work, *HOSTILE])
    for text in (chosen.in_text(work, ""), chosen.in_text(work, "9", quoting="W"), chosen.reference(work)):
        assert "None" not in text
        assert "  " not in text
        assert ", ," not in text
        # A work without any facts cannot be cited.
        assert "()" not in text or not work.get("title")


MARKUP = {
    "title": "<script>alert(1)</script> & <i>Lamps</i> *_[x](y)_*",
    "author": [{"literal": "<b>A</b> & Co"}],
}


@pytest.mark.parametrize("style", STYLES)
def test_markup_in_a_record_is_escaped(style: str) -> None:
    reference = style_named(style).rich_reference(MARKUP)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; " in reference.html()
    assert set(reference.html().replace("<i>", "").replace("</i>", "")) & {"<", ">"} == set()
    assert r"\<script\>" in reference.markdown()
    assert r"\*_\[x\](y)_\*" in reference.markdown().replace(r"\_", "_")
    assert "<script>" in reference.plain()


@pytest.mark.parametrize("name", STYLES)
def test_citations_and_references_are_cached(name: str) -> None:
    style = style_named(name, [ARTICLE, BOOK])
    assert style.cached_in_text(ARTICLE, "849-50") is style.cached_in_text(ARTICLE, "849-50")
    assert style.cached_reference(ARTICLE) is style.cached_reference(ARTICLE)


def test_styles_go_by_name() -> None:
    assert list(STYLES) == ["mla", "chicago", "chicago-notes", "apa", "harvard", "ieee"]
    for name in ("apa7", "../apa", "APA", ""):
        with pytest.raises(RecordError, match=r"is not a citation style.*; choose one of mla, chicago"):
            style_named(name)
