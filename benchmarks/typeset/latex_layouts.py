"""The layouts that LaTeX sets."""

from __future__ import annotations

import re

from typeset.essay import WrittenEssay
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
_SANS = r"\fontfamily{phv}\selectfont"
_HEADINGS = r"""
\usepackage{titlesec}
\titleformat*{\section}{\large\bfseries}
\setcounter{secnumdepth}{0}
"""


def _centred(essay: WrittenEssay) -> str:
    """Title and author in the middle of the first page."""
    return "\n".join(
        [
            rf"\setcounter{{page}}{{{essay.first_page}}}",
            r"\thispagestyle{firstpage}",
            rf"\begin{{center}}{{\LARGE {set_title(essay)}\par}}\vspace{{1em}}",
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
        preamble=_LATIN_MODERN + _HEADINGS + _heads(escape(essay.author), rf"\emph{{{escape(essay.short)}}}"),
        opening=_centred,
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
    )


def _initial(text: str) -> tuple[str, str, str, str]:
    """The mark of the place, the first letter, the rest of the first words, and what follows them."""
    match = re.match(r"(\\place\{\w+\})(\w)(\S*(?: \w+){2}) (.*)", text, re.DOTALL)
    if match is None:
        raise ValueError(text[:40])
    return match[1], match[2], match[3], match[4]
