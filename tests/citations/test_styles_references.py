"""References and notes as in the styles' published examples, for invented works."""

from __future__ import annotations

from typing import Any

import pytest
from works_cited import (
    ARTICLE,
    BERG,
    BOOK,
    CHAPTER,
    FOX,
    GATES,
    GOETHE,
    GROUP,
    LEE,
    NEWS,
    NOTE,
    RAY,
    THESIS,
    WEB,
    WORKS,
    starred,
    without,
)

from assistant.citations.styles import STYLES, style_named

REFERENCES = {
    "mla": [
        (
            "Marsh, Ada J. “Light at Sea: A History of *Lamps*.” *Coast Studies*, vol. 60, no. 4, Dec. 2014, "
            "pp. 844–62, https://doi.org/10.1000/lamp."
        ),
        "Marsh, Ada J., and Bo Lee. *The Keeper: A Life*. 2nd ed., Coast UP, 1984.",
        (
            "Marsh, Ada J., et al. “Who Lit It?” *Lamps of the Coast*, edited by Cy Ray and Di Fox, U of "
            "Hull P, 2003, pp. 95–111."
        ),
        "Marsh, Ada J. “Lamp Goes Out.” *The Hull Times*, 5 Dec. 2014, p. 4, times.example/lamp_1.",
        "Coast Society. “How to Trim a Wick.” *Lamps Online*, lamps.example/wick. Accessed 2 Jan. 2020.",
        "Gates, Henry Louis, Jr. *A House of Light*. 2019. U of Hull, PhD dissertation.",
        "“A Short Note.”",
    ],
    "chicago": [
        (
            "Marsh, Ada J. 2014. “Light at Sea: A History of *Lamps*.” *Coast Studies* 60 (4): 844–62. "
            "https://doi.org/10.1000/lamp."
        ),
        "Marsh, Ada J., and Bo Lee. 1984. *The Keeper: A Life*. 2nd ed. Coast University Press.",
        (
            "Marsh, Ada J., Bo Lee, and Cy Ray. 2003. “Who Lit It?” In *Lamps of the Coast*, edited by Cy "
            "Ray and Di Fox. University of Hull Press."
        ),
        "Marsh, Ada J. 2014. “Lamp Goes Out.” *The Hull Times*, December 5. https://times.example/lamp_1.",
        (
            "Coast Society. n.d. “How to Trim a Wick.” Lamps Online. Accessed January 2, 2020. "
            "https://lamps.example/wick."
        ),
        "Gates, Henry Louis, Jr. 2019. “A House of Light.” PhD diss., University of Hull.",
        "“A Short Note.” n.d.",
    ],
    "chicago-notes": [
        (
            "Marsh, Ada J. “Light at Sea: A History of *Lamps*.” *Coast Studies* 60, no. 4 (2014): 844–62. "
            "https://doi.org/10.1000/lamp."
        ),
        "Marsh, Ada J., and Bo Lee. *The Keeper: A Life*. 2nd ed. Coast University Press, 1984.",
        (
            "Marsh, Ada J., Bo Lee, and Cy Ray. “Who Lit It?” In *Lamps of the Coast*, edited by Cy Ray and "
            "Di Fox. University of Hull Press, 2003."
        ),
        "Marsh, Ada J. “Lamp Goes Out.” *The Hull Times*, December 5, 2014. https://times.example/lamp_1.",
        (
            "Coast Society. “How to Trim a Wick.” Lamps Online. Accessed January 2, 2020. "
            "https://lamps.example/wick."
        ),
        "Gates, Henry Louis, Jr. “A House of Light.” PhD diss., University of Hull, 2019.",
        "“A Short Note.”",
    ],
    "apa": [
        (
            "Marsh, A. J. (2014). Light at Sea: A History of *Lamps*. *Coast Studies*, *60*(4), 844–862. "
            "https://doi.org/10.1000/lamp"
        ),
        "Marsh, A. J., & Lee, B. (1984). *The Keeper: A Life* (2nd ed.). Coast University Press.",
        (
            "Marsh, A. J., Lee, B., & Ray, C. (2003). Who Lit It? In C. Ray & D. Fox (Eds.), *Lamps of the "
            "Coast* (pp. 95–111). University of Hull Press."
        ),
        "Marsh, A. J. (2014, December 5). Lamp Goes Out. *The Hull Times*, 4. https://times.example/lamp_1",
        (
            "Coast Society. (n.d.). *How to Trim a Wick*. Lamps Online. Retrieved January 2, 2020, from "
            "https://lamps.example/wick"
        ),
        "Gates, H. L., Jr. (2019). *A House of Light* [PhD dissertation]. University of Hull.",
        "*A Short Note*. (n.d.).",
    ],
    "harvard": [
        (
            "Marsh, A.J. (2014) ‘Light at Sea: A History of *Lamps*’, *Coast Studies*, 60(4), pp. 844–862. "
            "Available at: https://doi.org/10.1000/lamp."
        ),
        "Marsh, A.J. and Lee, B. (1984) *The Keeper: A Life*. 2nd edn. Coast University Press.",
        (
            "Marsh, A.J., Lee, B. and Ray, C. (2003) ‘Who Lit It?’, in C. Ray and D. Fox (eds) *Lamps of the "
            "Coast*. University of Hull Press, pp. 95–111."
        ),
        (
            "Marsh, A.J. (2014) ‘Lamp Goes Out’, *The Hull Times*, 5 December, p. 4. Available at: "
            "https://times.example/lamp_1."
        ),
        (
            "Coast Society (no date) *How to Trim a Wick*. Available at: https://lamps.example/wick "
            "(Accessed: 2 January 2020)."
        ),
        "Gates, H.L., Jr. (2019) *A House of Light*. PhD dissertation. University of Hull.",
        "‘A Short Note’ (no date).",
    ],
    "ieee": [
        (
            "[1] A. J. Marsh, “Light at Sea: A History of *Lamps*,” *Coast Studies*, vol. 60, no. 4, pp. "
            "844–862, Dec. 2014, doi: 10.1000/lamp."
        ),
        "[2] A. J. Marsh and B. Lee, *The Keeper: A Life*, 2nd ed. Hull: Coast University Press, 1984.",
        (
            "[3] A. J. Marsh, B. Lee, and C. Ray, “Who Lit It?” in *Lamps of the Coast*, C. Ray and D. Fox, "
            "Eds. Hull: University of Hull Press, 2003, pp. 95–111."
        ),
        (
            "[4] A. J. Marsh, “Lamp Goes Out,” *The Hull Times*, p. 4, Dec. 5, 2014. [Online]. Available: "
            "https://times.example/lamp_1"
        ),
        (
            "[5] The Coast Society, “How to Trim a Wick.” Lamps Online. Accessed: Jan. 2, 2020. [Online]. "
            "Available: https://lamps.example/wick"
        ),
        "[6] H. L. Gates Jr., “A House of Light,” PhD dissertation, University of Hull, 2019.",
        "[7] “A Short Note.”",
    ],
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("number", range(len(WORKS)), ids=[str(work["type"]) for work in WORKS])
def test_references(style: str, number: int) -> None:
    records = WORKS if style == "ieee" else [WORKS[number]]
    assert starred(style, WORKS[number], records) == REFERENCES[style][number]


PEOPLE = [{"family": f"Name{number:02}", "given": "Ann"} for number in range(1, 23)]


@pytest.mark.parametrize(
    ("style", "record", "wanted"),
    [
        # Titles with marks in them: American stops inside, British ones outside.
        (
            "mla",
            without(BOOK, "edition", title="On <i>Lamps</i>", author=[GOETHE]),
            "Goethe, Johann Wolfgang von. *On *Lamps. Coast UP, 1984.",
        ),
        ("mla", {"title": "A Note on “Light”"}, "“A Note on ‘Light.’”"),
        ("mla", {"title": "The “‘Old’ Lamp” Again"}, "“The ‘“Old” Lamp’ Again.”"),
        ("chicago", {"title": "A Note on “Light”", "author": [LEE]}, "Lee, Bo. n.d. “A Note on ‘Light.’”"),
        (
            "harvard",
            {"title": "A Note on “Light”", "container-title": "J", "author": [LEE]},
            "Lee, B. (no date) ‘A Note on “Light”’, *J*.",
        ),
        (
            "apa",
            {"title": "A Note on “Light”", "container-title": "J", "author": [LEE]},
            "Lee, B. (n.d.). A Note on “Light.” *J*.",
        ),
        (
            "ieee",
            {"title": "A Note on “Light”", "container-title": "J", "author": [LEE]},
            "[1] B. Lee, “A Note on ‘Light,’” *J*.",
        ),
        # Editors in place of an author, and together with one.
        (
            "mla",
            without(BOOK, "author", editor=[RAY, FOX]),
            "Ray, Cy, and Di Fox, editors. *The Keeper: A Life*. 2nd ed., Coast UP, 1984.",
        ),
        (
            "mla",
            without(BOOK, "edition", editor=[RAY, FOX, LEE], translator=[GATES]),
            (
                "Marsh, Ada J., and Bo Lee. *The Keeper: A Life*. Edited by Cy Ray et al., translated by "
                "Henry Louis Gates Jr., Coast UP, 1984."
            ),
        ),
        (
            "chicago",
            without(BOOK, "author", "edition", editor=[RAY]),
            "Ray, Cy, ed. 1984. *The Keeper: A Life*. Coast University Press.",
        ),
        (
            "chicago",
            without(BOOK, translator=[GATES]),
            (
                "Marsh, Ada J., and Bo Lee. 1984. *The Keeper: A Life*. 2nd ed. Translated by Henry Louis "
                "Gates Jr. Coast University Press."
            ),
        ),
        (
            "apa",
            without(BOOK, "author", editor=[RAY, FOX]),
            "Ray, C., & Fox, D. (Eds.). (1984). *The Keeper: A Life* (2nd ed.). Coast University Press.",
        ),
        (
            "apa",
            without(BOOK, translator=[GATES]),
            (
                "Marsh, A. J., & Lee, B. (1984). *The Keeper: A Life* (H. L. Gates Jr., Trans.; 2nd ed.). "
                "Coast University Press."
            ),
        ),
        (
            "harvard",
            without(BOOK, "author", "edition", editor=[RAY, FOX]),
            "Ray, C. and Fox, D. (eds) (1984) *The Keeper: A Life*. Coast University Press.",
        ),
        (
            "ieee",
            without(BOOK, "author", "edition", editor=[RAY]),
            "[1] C. Ray, Ed., *The Keeper: A Life*. Hull: Coast University Press, 1984.",
        ),
        # Many authors.
        (
            "chicago",
            {"title": "T", "type": "book", "author": PEOPLE[:7]},
            "Name01, Ann, Ann Name02, Ann Name03, et al. n.d. *T*.",
        ),
        (
            "harvard",
            {"title": "T", "type": "book", "author": PEOPLE[:4]},
            "Name01, A. *et al.* (no date) *T*.",
        ),
        ("ieee", {"title": "T", "type": "book", "author": PEOPLE[:7]}, "[1] A. Name01 *et al.*, *T*."),
        (
            "apa",
            {"title": "T", "type": "book", "author": PEOPLE},
            ", ".join(f"Name{number:02}, A." for number in range(1, 20)) + ", . . . Name22, A. (n.d.). *T*.",
        ),
        # Names with particles and hyphens.
        ("apa", {"title": "T", "type": "book", "author": [BERG]}, "van den Berg, J.-P. (n.d.). *T*."),
        ("harvard", {"title": "T", "type": "book", "author": [GOETHE]}, "Goethe, J.W. von (no date) *T*."),
        # Without an author the title comes first.
        ("mla", without(BOOK, "author"), "*The Keeper: A Life*. 2nd ed., Coast UP, 1984."),
        ("chicago", without(BOOK, "author"), "*The Keeper: A Life*. 1984. 2nd ed. Coast University Press."),
        ("apa", without(BOOK, "author"), "*The Keeper: A Life* (2nd ed.). (1984). Coast University Press."),
        ("harvard", without(BOOK, "author"), "*The Keeper: A Life* (1984) 2nd edn. Coast University Press."),
        (
            "harvard",
            without(NEWS, "author", "URL"),
            "*The Hull Times* (2014) ‘Lamp Goes Out’, 5 December, p. 4.",
        ),
        # A journal without some of its numbers.
        (
            "chicago",
            without(ARTICLE, "issue", "DOI", issued={"date-parts": [[2014]]}),
            "Marsh, Ada J. 2014. “Light at Sea: A History of *Lamps*.” *Coast Studies* 60:844–62.",
        ),
        (
            "chicago",
            without(ARTICLE, "volume", "DOI"),
            (
                "Marsh, Ada J. 2014. “Light at Sea: A History of *Lamps*.” *Coast Studies*, "
                "no. 4 (December): 844–62."
            ),
        ),
        (
            "apa",
            without(ARTICLE, "issue", "page", "DOI"),
            "Marsh, A. J. (2014). Light at Sea: A History of *Lamps*. *Coast Studies*, *60*.",
        ),
        # A publisher that is its own author is named once.
        (
            "apa",
            {"type": "book", "title": "T", "author": [GROUP], "publisher": "The Coast Society"},
            "Coast Society. (n.d.). *T*.",
        ),
        # A first edition goes without saying; other editions may be words.
        (
            "mla",
            without(BOOK, edition="1"),
            "Marsh, Ada J., and Bo Lee. *The Keeper: A Life*. Coast UP, 1984.",
        ),
        (
            "apa",
            without(BOOK, edition="Rev. ed."),
            "Marsh, A. J., & Lee, B. (1984). *The Keeper: A Life* (Rev. ed.). Coast University Press.",
        ),
        (
            "apa",
            without(BOOK, edition="12", volume="3", publisher="Hull"),
            "Marsh, A. J., & Lee, B. (1984). *The Keeper: A Life* (12th ed., Vol. 3). Hull.",
        ),
        # Words for a date, and a date before our era.
        (
            "apa",
            {"title": "T", "author": [LEE], "issued": {"literal": "in press"}},
            "Lee, B. (in press). *T*.",
        ),
        ("mla", {"title": "T", "issued": {"date-parts": [[-44]]}}, "“T.” 44 BCE."),
    ],
)
def test_references_of_other_forms(style: str, record: dict[str, Any], wanted: str) -> None:
    assert starred(style, record, [record]) == wanted


@pytest.mark.parametrize(
    ("record", "full", "short"),
    [
        (
            ARTICLE,
            (
                "Ada J. Marsh, “Light at Sea: A History of Lamps,” Coast Studies 60, no. 4 (2014): 849–50, "
                "https://doi.org/10.1000/lamp."
            ),
            "Marsh, “Light at Sea,” 849–50.",
        ),
        (
            without(ARTICLE, "issue", "DOI"),
            "Ada J. Marsh, “Light at Sea: A History of Lamps,” Coast Studies 60 (December 2014): 849–50.",
            "Marsh, “Light at Sea,” 849–50.",
        ),
        (
            BOOK,
            "Ada J. Marsh and Bo Lee, The Keeper: A Life, 2nd ed. (Coast University Press, 1984), 849–50.",
            "Marsh and Lee, Keeper, 849–50.",
        ),
        (
            without(BOOK, "edition"),
            "Ada J. Marsh and Bo Lee, The Keeper: A Life (Coast University Press, 1984), 849–50.",
            "Marsh and Lee, Keeper, 849–50.",
        ),
        (
            CHAPTER,
            (
                "Ada J. Marsh et al., “Who Lit It?,” in Lamps of the Coast, ed. Cy Ray and Di Fox "
                "(University of Hull Press, 2003), 849–50."
            ),
            "Marsh et al., “Who Lit It?,” 849–50.",
        ),
        (
            NEWS,
            (
                "Ada J. Marsh, “Lamp Goes Out,” The Hull Times, December 5, 2014, 849–50, "
                "https://times.example/lamp_1."
            ),
            "Marsh, “Lamp Goes Out,” 849–50.",
        ),
        (
            without(WEB, issued={"date-parts": [[2014]]}),
            "The Coast Society, “How to Trim a Wick,” Lamps Online, 2014, 849–50, https://lamps.example/wick.",
            "Coast Society, “How to Trim a Wick,” 849–50.",
        ),
        (
            THESIS,
            "Henry Louis Gates Jr., “A House of Light” (PhD diss., University of Hull, 2019), 849–50.",
            "Gates, “House of Light,” 849–50.",
        ),
        (NOTE, "“A Short Note,” 849–50.", "“Short Note,” 849–50."),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else "",
)
def test_notes_of_chicago(record: dict[str, Any], full: str, short: str) -> None:
    style = style_named("chicago-notes", [record])
    assert (style.in_text(record, "849-50"), style.again(record, "849-50")) == (full, short)


def test_notes_without_pages() -> None:
    style = style_named("chicago-notes")
    assert style.in_text(NOTE, "") == "“A Short Note.”"
    assert style.again(NOTE, "") == "“Short Note.”"
    assert style.again(BOOK, "") == "Marsh and Lee, Keeper."
    assert style.again({**BOOK, "volume": "3"}, "17") == "Marsh and Lee, Keeper, 3:17."


HOBB: dict[str, Any] = {
    "type": "book",
    "author": [{"family": "Hobb", "given": "Thomas"}],
    "title": "A Treatise of Wrecks",
    "publisher": "Verso",
    "issued": {"date-parts": [[1985]]},
}
NUMBERED: dict[str, Any] = {
    "type": "article-journal",
    "author": [{"family": "Reed", "given": "Paul"}],
    "title": "Numbered",
    "container-title": "Shores",
    "volume": "17",
    "issue": "2",
}
REPORT: dict[str, Any] = {
    "type": "report",
    "author": [{"literal": "National Coast Board"}],
    "publisher": "National Coast Board",
    "title": "State of the Coast",
    "genre": "Technical report",
    "number": "CB-18",
    "issued": {"date-parts": [[2018]]},
}
TRANSLATED: dict[str, Any] = {
    "type": "chapter",
    "author": [{"family": "Ibarra", "given": "Luis"}],
    "title": "The Ferryman",
    "translator": [{"family": "Wells", "given": "Ann"}],
    "editor": [{"family": "Pike", "given": "Rosa"}],
    "container-title": "Stories",
    "publisher": "Brill",
    "page": "7-9",
    "issued": {"date-parts": [[2014]]},
}
REPRINT = HOBB | {"original-date": {"date-parts": [[1651]]}}
UNCERTAIN = HOBB | {"issued": {"date-parts": [[1540]], "circa": True}}
PERIOD = HOBB | {"issued": {"date-parts": [[1931], [1938]]}}
MORI = HOBB | {"author": [{"family": "森", "given": "鷗外"}]}
MORI_IN_LATIN = HOBB | {"author": [{"family": "Mori", "given": "Ōgai", "static-ordering": True}]}


@pytest.mark.parametrize(
    ("style", "record", "wanted"),
    [
        ("apa", REPRINT, "(Hobb, 1651/1985, p. 17)"),
        ("apa", without(REPRINT, "issued"), "(Hobb, 1651/n.d., p. 17)"),
        ("apa", UNCERTAIN, "(Hobb, ca. 1540, p. 17)"),
        ("chicago", REPRINT, "(Hobb [1651] 1985, 17)"),
        ("chicago", UNCERTAIN, "(Hobb [1540?], 17)"),
        ("harvard", UNCERTAIN, "(Hobb, c.1540, p. 17)"),
        ("chicago-notes", HOBB | {"volume": "3"}, "Thomas Hobb, A Treatise of Wrecks (Verso, 1985), 3:17."),
        ("chicago-notes", without(HOBB, "issued"), "Thomas Hobb, A Treatise of Wrecks (Verso, n.d.), 17."),
        ("chicago-notes", MORI, "森鷗外, A Treatise of Wrecks (Verso, 1985), 17."),
        ("chicago-notes", MORI_IN_LATIN, "Mori Ōgai, A Treatise of Wrecks (Verso, 1985), 17."),
    ],
)
def test_citations_of_works_with_special_dates_names_and_volumes(
    style: str, record: dict[str, Any], wanted: str
) -> None:
    assert style_named(style, [record]).in_text(record, "17") == wanted


@pytest.mark.parametrize(
    ("style", "record", "wanted"),
    [
        ("apa", REPRINT, "Hobb, T. (1985). A Treatise of Wrecks. Verso. (Original work published 1651)"),
        ("mla", REPRINT, "Hobb, Thomas. A Treatise of Wrecks. 1651. Verso, 1985."),
        ("mla", UNCERTAIN, "Hobb, Thomas. A Treatise of Wrecks. Verso, circa 1540."),
        ("mla", PERIOD, "Hobb, Thomas. A Treatise of Wrecks. Verso, 1931–38."),
        ("mla", HOBB | {"volume": "3"}, "Hobb, Thomas. A Treatise of Wrecks. Vol. 3, Verso, 1985."),
        ("mla", MORI_IN_LATIN, "Mori Ōgai. A Treatise of Wrecks. Verso, 1985."),
        (
            "apa",
            NUMBERED | {"number": "e0123", "issued": {"date-parts": [[2022]]}},
            "Reed, P. (2022). Numbered. Shores, 17(2), Article e0123.",
        ),
        (
            "mla",
            NUMBERED | {"issued": {"date-parts": [[1998]], "season": "4"}, "page": "5-18"},
            "Reed, Paul. “Numbered.” Shores, vol. 17, no. 2, winter 1998, pp. 5–18.",
        ),
        (
            "mla",
            NUMBERED | {"issued": {"date-parts": [[2013, 12], [2014, 1]]}, "issue": "1-2"},
            "Reed, Paul. “Numbered.” Shores, vol. 17, nos. 1–2, Dec. 2013–Jan. 2014.",
        ),
        (
            "mla",
            NUMBERED | {"title": '"Call Me a Cab": Taxis Today', "issued": {"date-parts": [[2013]]}},
            "Reed, Paul. “‘Call Me a Cab’: Taxis Today.” Shores, vol. 17, no. 2, 2013.",
        ),
        (
            "ieee",
            NUMBERED
            | {"type": "article-newspaper", "issued": {"date-parts": [[2013, 12, 5], [2013, 12, 7]]}},
            "[1] P. Reed, “Numbered,” Shores, vol. 17, no. 2, Dec. 5–7, 2013.",
        ),
        (
            "mla",
            NUMBERED | {"issued": {"date-parts": [[2013, 12, 5], [2013, 12, 7]]}},
            "Reed, Paul. “Numbered.” Shores, vol. 17, no. 2, 5–7 Dec. 2013.",
        ),
        ("apa", REPORT, "National Coast Board. (2018). State of the Coast (Technical Report CB-18)."),
        (
            "apa",
            TRANSLATED,
            "Ibarra, L. (2014). The Ferryman (A. Wells, Trans.). In R. Pike (Ed.), Stories (pp. 7–9). Brill.",
        ),
        (
            "harvard",
            TRANSLATED,
            (
                "Ibarra, L. (2014) ‘The Ferryman’, in R. Pike (ed.) Stories. Translated by A. Wells. "
                "Brill, pp. 7–9."
            ),
        ),
        (
            "ieee",
            TRANSLATED,
            "[1] L. Ibarra, “The Ferryman,” in Stories, R. Pike, Ed., A. Wells, Trans. Brill, 2014, pp. 7–9.",
        ),
    ],
)
def test_references_of_works_with_special_dates_numbers_and_names(
    style: str, record: dict[str, Any], wanted: str
) -> None:
    assert style_named(style, [record]).reference(record) == wanted
