"""The layouts that LaTeX sets."""

from __future__ import annotations

import re
from dataclasses import replace

from typeset.essay import WrittenEssay, plain
from typeset.latex import LatexLayout, escape, set_title

_FONTS = r"""
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{microtype}
\newcommand{\greekwords}[1]{#1}
\newcommand{\hebrewwords}[1]{#1}
"""
# One size of each shape keeps the files small.
_LATIN_MODERN = (
    _FONTS
    + r"""
\DeclareFontFamily{T1}{lmone}{}
\DeclareFontShape{T1}{lmone}{m}{n}{<-> ec-lmr10}{}
\DeclareFontShape{T1}{lmone}{m}{it}{<-> ec-lmri10}{}
\DeclareFontShape{T1}{lmone}{m}{sc}{<-> ec-lmcsc10}{}
\DeclareFontShape{T1}{lmone}{b}{n}{<-> ec-lmbx10}{}
\DeclareFontShape{T1}{lmone}{bx}{n}{<-> ec-lmbx10}{}
\renewcommand{\rmdefault}{lmone}
"""
)
_TIMES = _FONTS.replace("lmodern", "mathptmx")
_PALATINO = _FONTS.replace("lmodern", "mathpazo")
_CHARTER = _FONTS.replace("lmodern", "charter")
_SCHOOLBOOK = _FONTS.replace("lmodern", "newcent")
_SANS = r"\fontfamily{phv}\selectfont"
_HEADINGS = r"""
\usepackage{titlesec}
\titleformat*{\section}{\large\bfseries}
\setcounter{secnumdepth}{0}
"""


# A long footnote goes on at the foot of the next page.
_SHORT_FEET = r"\AtBeginDocument{\setlength{\dimen\footins}{6\baselineskip}}"


def _centred(essay: WrittenEssay, *, straight: bool = False) -> str:
    """Title and author in the middle of the first page."""
    return "\n".join(
        [
            rf"\setcounter{{page}}{{{essay.first_page}}}",
            r"\thispagestyle{firstpage}",
            rf"\begin{{center}}{{\LARGE {set_title(essay, straight=straight)}\par}}\vspace{{1em}}",
            rf"{{\large {escape(essay.author)}\par}}\end{{center}}\vspace{{1.5em}}",
        ]
    )


def _heads(left: str, right: str, first: str = r"\fancyfoot[C]{\thepage}") -> str:
    """Running heads that change sides; the first page has its number at the foot.

    Args:
        left: What stands on even pages.
        right: What stands on odd pages.
        first: What the first page has.
    """
    return rf"""
\usepackage{{fancyhdr}}
\pagestyle{{fancy}}
\fancyhf{{}}
\renewcommand{{\headrulewidth}}{{0pt}}
\fancyhead[LE]{{\thepage}}\fancyhead[CE]{{{left}}}
\fancyhead[RO]{{\thepage}}\fancyhead[CO]{{{right}}}
\fancypagestyle{{firstpage}}{{\fancyhf{{}}{first}}}
"""


def footnotes(essay: WrittenEssay) -> LatexLayout:
    """A4, one column, justified, running heads, footnotes, hanging references."""
    return LatexLayout(
        document_class=r"\documentclass[11pt,a4paper,twoside]{article}",
        preamble=_LATIN_MODERN
        + _HEADINGS
        + _SHORT_FEET
        + _heads(escape(essay.author), rf"\emph{{{escape(essay.short)}}}"),
        opening=_centred,
        apart=("running heads",),
    )


def two_columns(_essay: WrittenEssay) -> LatexLayout:
    """Letter, two columns, justified, footnotes at the foot of each column."""

    def opening(essay: WrittenEssay) -> str:
        return rf"\twocolumn[{_centred(essay).replace(chr(10), ' ')}]\thispagestyle{{firstpage}}"

    return LatexLayout(
        document_class=r"\documentclass[10pt,letterpaper,twocolumn]{article}",
        preamble=_TIMES
        + _HEADINGS
        + r"\usepackage[margin=0.9in,columnsep=0.25in]{geometry}"
        + _heads("", "")
        + r"\fancyhf{}\fancyfoot[C]{\thepage}",
        opening=opening,
    )


def endnotes(essay: WrittenEssay) -> LatexLayout:
    """Letter, blank lines between paragraphs, endnotes, references without hanging indent."""
    return LatexLayout(
        document_class=r"\documentclass[11pt,letterpaper]{article}",
        preamble=_PALATINO
        + _HEADINGS
        + r"\usepackage{parskip}"
        + _heads("", "")
        + r"\fancyhf{}\fancyfoot[R]{"
        + escape(essay.short)
        + r" \quad \thepage}",
        opening=_centred,
        footnotes=False,
        hanging=False,
    )


def cover_sheet(essay: WrittenEssay) -> LatexLayout:
    """A repository's cover sheet, a stamp on each page, a drop capital and small capitals, footnotes."""
    stamp = (
        r"{\fontsize{6.5}{7.5}\selectfont" + _SANS + r" This content downloaded from "
        r"192.0.2.17 on Tue, 03 Mar 2026 14:05:09 UTC\\"
        r"All use subject to https://archive.example.org/terms\par}"
    )

    def opening(essay: WrittenEssay) -> str:
        last = essay.first_page + 7
        cover = rf"""
\renewcommand{{\thepage}}{{-}}\thispagestyle{{stamped}}
{{{_SANS}\noindent {set_title(essay, ": ")}\\[4pt]
Author(s): {escape(essay.author)}\\
Source: \textit{{Journal of Printed Matter}}, Vol. 12, No. 3 (2026), pp. {essay.first_page}-{last}\\
Published by: The Printed Matter Society\\
Stable URL: https://archive.example.org/stable/4096123\\
Accessed: 03-03-2026 14:05 UTC\par\vspace{{14em}}
\noindent Archive is a not-for-profit service that helps scholars, researchers, and students discover, use,
and build upon a wide range of content in a trusted digital archive. For more information about the archive,
please contact support@archive.example.org.\par\medskip
\noindent Your use of the archive indicates your acceptance of the Terms and Conditions of Use, available at
https://archive.example.org/terms\par}}
\clearpage\renewcommand{{\thepage}}{{\arabic{{page}}}}
"""
        return cover + _centred(essay)

    def first(text: str) -> str:
        place, letter, word, rest = _initial(text)
        return rf"{place}\lettrine{{{letter}}}{{{word}}} {rest}"

    return LatexLayout(
        document_class=r"\documentclass[11pt,a4paper,twoside]{article}",
        preamble=_PALATINO
        + _HEADINGS
        + r"\usepackage{lettrine}\usepackage[a4paper,hmargin=1.5in,top=1.2in,bottom=1.4in]{geometry}"
        + _heads(rf"\textsc{{{escape(essay.author)}}}", rf"\textsc{{{escape(essay.short)}}}")
        + rf"\fancyfoot[C]{{{stamp}}}\fancyfootoffset{{0pt}}"
        + rf"\fancypagestyle{{firstpage}}{{\fancyhf{{}}\fancyfoot[C]{{\thepage\\ {stamp}}}}}"
        + rf"\fancypagestyle{{stamped}}{{\fancyhf{{}}\fancyfoot[C]{{{stamp}}}}}",
        opening=opening,
        first_paragraph=first,
        apart=("the cover sheet", "This content downloaded from ... (on each page)"),
    )


def _initial(text: str) -> tuple[str, str, str, str]:
    """The mark of the place, the first letter, the rest of the first words, and what follows them."""
    match = re.match(r"(\\place\{\w+\})(\w)(\w*(?: \w+){0,2}) (.*)", text, re.DOTALL)
    if match is None:
        raise ValueError(text[:40])
    return match[1], match[2], match[3], match[4]


def mla(_essay: WrittenEssay) -> LatexLayout:
    """An MLA manuscript: letter, double-spaced, ragged right, endnotes, Works Cited on a page of its own."""

    def opening(essay: WrittenEssay) -> str:
        return "\n".join(
            [
                r"\setcounter{page}{1}",
                rf"\noindent {escape(essay.author)}\par\noindent Professor Marchbanks\par",
                r"\noindent English 214\par\noindent 3 March 2026\par",
                rf"\begin{{center}}{set_title(essay, ': ')}\end{{center}}",
            ]
        )

    def family(essay: WrittenEssay) -> str:
        return escape(essay.author.split()[-1])

    return LatexLayout(
        document_class=r"\documentclass[12pt,letterpaper]{article}",
        preamble=_TIMES
        + r"\usepackage[margin=1in,headheight=15pt]{geometry}\usepackage{setspace}\doublespacing"
        + r"\usepackage{fancyhdr}\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0pt}"
        + rf"\fancyhead[R]{{{family(_essay)} \thepage}}"
        + r"\newcommand{\plainhead}[1]{\begin{center}#1\end{center}}"
        + r"\newcommand{\sidehead}[1]{\par\noindent\textbf{#1}\par}"
        + r"\newenvironment{half}{\list{}{\leftmargin=0.5in\rightmargin=0pt\topsep=0pt}\item\relax}{\endlist}"
        + r"\setlength{\parindent}{0.5in}\raggedright\setlength{\parindent}{0.5in}\hyphenpenalty=10000",
        opening=opening,
        footnotes=False,
        heading=r"\sidehead",
        list_heading=r"\plainhead",
        quotation="half",
        before_notes=r"\newpage",
        before_references=r"\newpage",
        hang="0.5in",
        apart=("Professor Marchbanks", "English 214", "3 March 2026"),
    )


def chicago(_essay: WrittenEssay) -> LatexLayout:
    """A Chicago manuscript: letter, title page, double-spaced, footnotes with numbers on the line."""

    def opening(essay: WrittenEssay) -> str:
        return "\n".join(
            [
                r"\renewcommand{\thepage}{-}\thispagestyle{empty}\vspace*{2in}",
                rf"\begin{{center}}{set_title(essay)}\par\vspace{{3in}}",
                rf"{escape(essay.author)}\par Seminar in the History of Filing\par March 3, 2026",
                r"\end{center}",
                r"\newpage\renewcommand{\thepage}{\arabic{page}}\setcounter{page}{1}",
            ]
        )

    return LatexLayout(
        document_class=r"\documentclass[12pt,letterpaper]{article}",
        preamble=_TIMES
        + r"\usepackage[margin=1in,headheight=15pt]{geometry}\usepackage{setspace}\doublespacing"
        + r"\usepackage{fancyhdr}\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0pt}"
        + r"\fancyhead[R]{\thepage}"
        + r"\newcommand{\middlehead}[1]{\begin{center}\textbf{#1}\end{center}}"
        + r"\newenvironment{single}{\begin{quotation}\singlespacing}{\end{quotation}}"
        + r"\setlength{\parindent}{0.5in}\raggedright\setlength{\parindent}{0.5in}"
        + r"\makeatletter\renewcommand{\@makefntext}[1]{\hspace{0.5in}\@thefnmark. #1}\makeatother"
        + r"\setlength{\footnotesep}{12pt}"
        + _SHORT_FEET,
        opening=opening,
        heading=r"\middlehead",
        quotation="single",
        before_references=r"\newpage",
        apart=("Seminar in the History of Filing", "March 3, 2026"),
        in_references=r"\singlespacing\setlength{\parskip}{12pt}",
        hang="0.5in",
    )


def roman_ragged(_essay: WrittenEssay) -> LatexLayout:
    """A4, ragged right, roman numbers up to the first heading and arabic ones from it on, footnotes."""

    def opening(essay: WrittenEssay) -> str:
        return r"\pagenumbering{roman}\setcounter{page}{5}" + _centred(replace(essay, first_page=5))

    def insert(essay: WrittenEssay, number: int) -> str:
        headings = [at for at, block in enumerate(essay.blocks) if block.kind == "heading"]
        return r"\clearpage\pagenumbering{arabic}" if headings[:1] == [number] else ""

    return LatexLayout(
        document_class=r"\documentclass[11pt,a4paper]{article}",
        preamble=_CHARTER
        + _HEADINGS
        + r"\usepackage[a4paper,hmargin=1.7in,vmargin=1.5in]{geometry}"
        + _heads("", "")
        + r"\fancyhf{}\fancyfoot[C]{\thepage}"
        + r"\raggedright\setlength{\parindent}{1.2em}",
        opening=opening,
        insert=insert,
    )


def chapter(_essay: WrittenEssay) -> LatexLayout:
    """A chapter of a book: small page, running heads that change sides, notes at the chapter's end."""

    def opening(essay: WrittenEssay) -> str:
        first = max(essay.first_page, 217)
        return "\n".join(
            [
                rf"\setcounter{{page}}{{{first}}}\thispagestyle{{firstpage}}\vspace*{{0.9in}}",
                r"\begin{center}{\large 7\par}\vspace{1em}",
                rf"{{\LARGE {set_title(essay)}\par}}\vspace{{0.8em}}",
                rf"{{\textsc{{{escape(essay.author)}}}\par}}\end{{center}}\vspace{{2em}}",
            ]
        )

    return LatexLayout(
        document_class=r"\documentclass[10pt,twoside]{book}",
        preamble=_SCHOOLBOOK
        + _HEADINGS
        + r"\titleformat*{\section}{\normalfont\itshape\large}"
        + r"\usepackage[paperwidth=6in,paperheight=9in,hmargin={0.9in,0.8in},vmargin={1in,0.9in}]{geometry}"
        + _heads(r"\textsc{Print and Its Places}", escape(_essay.short))
        + r"\usepackage[pdfpagelabels,hidelinks]{hyperref}"
        + r"\hypersetup{pdftitle={print-places-07},pdfauthor={}}",
        opening=opening,
        footnotes=False,
        apart=("the chapter's number, 7", "running heads"),
        in_notes=r"\small",
        in_references=r"\small",
    )


def figures(_essay: WrittenEssay) -> LatexLayout:
    """Letter, figures and a table that cut paragraphs, captions above and below, footnotes."""
    shapes = (
        r"\draw(0,0)rectangle(7,3);\draw(1,1)--(6,2.4);\node at(3.5,1.2){\footnotesize shelf A};",
        r"\draw(2,1.5)circle(1.3);\draw(5,1.5)circle(1.3);\node at(3.5,1.5){\footnotesize both};",
    )

    def floats(essay: WrittenEssay, number: int) -> str:
        paragraphs = _long_paragraphs(essay)
        if number in paragraphs[2:3]:
            return _figure(
                shapes[0], "A shelf as the office drew it, with the first number at its foot.", 1, "b"
            )
        if number in paragraphs[5:6]:
            return _figure(shapes[1], "What two readers of one page may share; see also the table.", 2, "t")
        if number in paragraphs[7:8]:
            return _TABLE.strip()
        return ""

    return LatexLayout(
        document_class=r"\documentclass[11pt,letterpaper]{article}",
        preamble=_TIMES
        + _HEADINGS
        + r"\usepackage{tikz}"
        + r"\usepackage[letterpaper,hmargin=1.4in,vmargin=1.2in]{geometry}"
        + _heads("", "")
        + r"\fancyhf{}\fancyhead[R]{\thepage}\fancyhead[L]{\small "
        + escape(_essay.short)
        + r"}",
        opening=_centred,
        within=floats,
        apart=(
            "Figure 1. A shelf as the office drew it, with the first number at its foot.",
            "Figure 2. What two readers of one page may share; see also the table.",
            "Table 1. Leaves and lines of four copies.",
            "the words within the figures and the cells of the table",
        ),
    )


_TABLE = r"""
\begin{table}[tp]\centering
{\small Table 1. Leaves and lines of four copies.\par\medskip
\begin{tabular}{lrrr}\hline
Copy & Leaves & Lines & Notes \\ \hline
Ashfleet & 217 & 6,510 & 34 \\
Fiesole & 190 & 5,700 & 12 \\
Offaly & 204 & 6,120 & 0 \\
Sheffield & 88 & 2,640 & 7 \\ \hline
\end{tabular}}
\end{table}
"""


def _figure(shape: str, caption: str, number: int, place: str) -> str:
    return "\n".join(
        [
            rf"\begin{{figure}}[{place}]\centering",
            rf"\begin{{tikzpicture}}{shape}\end{{tikzpicture}}\par\medskip",
            rf"{{\small Figure {number}. {caption}\par}}\end{{figure}}",
        ]
    )


def _long_paragraphs(essay: WrittenEssay) -> list[int]:
    """The numbers of the paragraphs that have four sentences and more."""
    return [
        number
        for number, block in enumerate(essay.blocks)
        if block.kind == "paragraph" and len(re.findall(r"[a-z]{4}[.?!] [A-Z]", plain(block.words))) >= 3
    ]


def line_numbers(_essay: WrittenEssay) -> LatexLayout:
    """A4, a manuscript for review: each line numbered in the margin, wide leading, endnotes."""
    return LatexLayout(
        document_class=r"\documentclass[11pt,a4paper]{article}",
        preamble=_TIMES
        + _HEADINGS
        + r"\usepackage{setspace}\setstretch{1.5}\usepackage{lineno}\linenumbers"
        + _heads("", "")
        + r"\fancyhf{}\fancyhead[L]{\small Manuscript under review}\fancyhead[R]{\thepage}",
        opening=_centred,
        footnotes=False,
        apart=("line numbers in the margin", "Manuscript under review"),
    )


def verse_greek(_essay: WrittenEssay) -> LatexLayout:
    """A4, LuaLaTeX, OpenType fonts with ligatures, long verse, Greek and Hebrew words, footnotes."""
    return LatexLayout(
        document_class=r"\documentclass[11pt,a4paper]{article}",
        preamble=r"\usepackage{fontspec}\setmainfont{Linux Libertine O}\usepackage{microtype}"
        r"\newcommand{\greekwords}[1]{#1}"
        r"\newcommand{\hebrewwords}[1]{{\textdir TRT #1}}"
        + _HEADINGS
        + _heads("", "")
        + r"\fancyhf{}\fancyfoot[C]{--- \thepage{} ---}",
        opening=_centred,
        engine="lualatex",
    )


def as_printed(_essay: WrittenEssay, width: float) -> LatexLayout:
    """A journal's pages that end where the essay says, with running heads, endnotes, and marks as typed.

    Args:
        _essay: The essay.
        width: Width of the lines, in inches.
    """
    return LatexLayout(
        document_class=r"\documentclass[11pt,letterpaper,twoside]{article}",
        preamble=_TIMES
        + _HEADINGS
        + r"\usepackage{textcomp}\raggedbottom\setlength{\emergencystretch}{3em}\tolerance=9999"
        + r"\frenchspacing"
        + r"\usepackage[letterpaper,vmargin=0.9in]{geometry}"
        + rf"\geometry{{textwidth={width:.2f}in}}\hbadness=0"
        + _heads(escape(_essay.author), rf"\emph{{{escape(_essay.short)}}}"),
        opening=lambda essay: _centred(essay, straight=True),
        footnotes=False,
        notes_title=_essay.notes_title,
        before_notes=r"\newpage" if "notes" in _essay.new_pages else "",
        before_references=r"\newpage" if "references" in _essay.new_pages else "",
        straight=True,
    )


def for_scan(_essay: WrittenEssay) -> LatexLayout:
    """A journal's page before it is scanned: running heads, footnotes, hanging references."""
    return LatexLayout(
        document_class=r"\documentclass[11pt,a4paper,twoside]{article}",
        preamble=_TIMES
        + _HEADINGS
        + r"\usepackage[a4paper,hmargin=1.1in,vmargin=1.1in]{geometry}"
        + _heads(escape(_essay.author), escape(_essay.short)),
        opening=_centred,
        apart=("running heads",),
    )
