"""Plots of an evaluation as SVG for a page: the only module that speaks to Matplotlib.

Colours are names that the page's style sheet gives a value, one for light and one for dark.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from assistant.evaluation.report import CONTRASTED
from assistant.evaluation.tables import NAMES

# Stand-ins that Matplotlib takes for colours; the page knows them by the name beside them.
_INK, _MUTED, _ACCENT, _OTHER, _LINE = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {_INK: "ink", _MUTED: "muted", _ACCENT: "accent", _OTHER: "other", _LINE: "line"}
_FONT = "system-ui, sans-serif"
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,  # a type of question may be called $x$
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _MUTED,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _LINE,
    "ytick.color": _LINE,
    "xtick.labelcolor": _MUTED,
    "ytick.labelcolor": _INK,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "axes.grid.axis": "both",
    "axes.axisbelow": True,
}
# Inches; a page as narrow as a telephone shows a plot in its own size.
_WIDE = 4.6
_LONGEST = 24
_BARS = ("ndcg@10", "r@1", "r@3", "r@5", "mrr@10", "success@3")

# A plot and its title.
_Drawn = tuple[Figure, str]


def plots_of(data: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """The plots of one set's figures.

    Args:
        data: The figures.
        prefix: Begins every id in the plots, so that those of several sets can stand on one page.

    Returns:
        Titles and SVG elements; a plot that would be empty is left out.
    """
    methods = data["methods"]
    drawn = [_bars(methods, name) for name in _BARS]
    calibrated = next((one for one in methods if one["calibration"]), None)
    if calibrated:
        drawn += [_reliability(calibrated), _risk_coverage(calibrated)]
    drawn += [_heat(methods, name) for name in reversed(CONTRASTED)] if len(methods[0]["types"]) > 1 else []
    found = [one for one in drawn if one is not None]
    return [(said, _svg(figure, said, f"{prefix}{at}")) for at, (figure, said) in enumerate(found)]


def _drawn(height: float, draw: Callable[[Axes], None], title: str) -> _Drawn:
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # A type of question may be named in letters that Matplotlib's fonts lack; the page's have them.
        warnings.simplefilter("ignore")
        figure = Figure(figsize=(_WIDE, height), layout="constrained")
        axes = figure.subplots()
        draw(axes)
    return figure, title


def _short(name: str) -> str:
    plain = " ".join(name.split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _bars(methods: Sequence[Mapping[str, Any]], measure: str) -> _Drawn | None:
    """A bar for each method, with its 95% interval."""
    if any(one[measure] is None for one in methods):
        return None

    def draw(axes: Axes) -> None:
        places = range(len(methods))
        values = [one[measure] for one in methods]
        low, high = zip(*(one["ci95"][measure] for one in methods), strict=True)
        colours = [_ACCENT, *[_OTHER] * (len(methods) - 1)]
        axes.barh(places, values, height=0.62, color=colours)
        axes.hlines(places, low, high, colors=_INK, linewidth=1.2)
        for place, value in zip(places, values, strict=True):
            axes.text(1.03, place, f"{value:.3f}", va="center")
        axes.set_yticks(places, [one["name"] for one in methods])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.16)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.tick_params(length=0)
        axes.grid(axis="x")
        axes.spines[["left", "bottom"]].set_visible(False)

    return _drawn(0.62 + 0.27 * len(methods), draw, f"{NAMES[measure]}, 95% intervals")


def _square(axes: Axes, across: str, up: str) -> None:
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.tick_params(labelcolor=_MUTED)
    axes.grid()


def _reliability(method: Mapping[str, Any]) -> _Drawn:
    """How often the event came about for each bin of confidence."""
    found = method["calibration"]

    def draw(axes: Axes) -> None:
        across = [one["confidence"] for one in found["bins"]]
        up = [one["right"] for one in found["bins"]]
        axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(across, up, color=_ACCENT, marker="o", markersize=5, linewidth=1.4, clip_on=False)
        _square(axes, "confidence", "share with an answer shown")

    return _drawn(3.4, draw, f"Calibration of {method['name']}, ECE {found['ece']:.3f}")


def _risk_coverage(method: Mapping[str, Any]) -> _Drawn:
    """How many of the most confident questions are wrong, the more of them are covered."""
    found = method["calibration"]

    def draw(axes: Axes) -> None:
        across, up = zip(*found["risk_coverage"], strict=True)
        axes.plot(across, up, color=_ACCENT, linewidth=1.6)
        offered = found["offered"]
        if offered["risk"] is not None:
            axes.plot(
                offered["coverage"], offered["risk"], color=_INK, marker="o", markersize=5, clip_on=False
            )
            # The curve mostly rises to the right, so there is room on the left.
            left = offered["coverage"] > 0.4
            axes.annotate(
                "offered an answer", (offered["coverage"], offered["risk"]), (-5 if left else 5, 7),
                va="bottom", ha="right" if left else "left", textcoords="offset points",
            )  # fmt: skip
        _square(axes, "share of questions answered", "share of these without an answer")

    return _drawn(3.4, draw, f"Risk and coverage of {method['name']}, AURC {found['aurc']:.3f}")


def _heat(methods: Sequence[Mapping[str, Any]], measure: str) -> _Drawn:
    """A measure by type of question and method."""
    kinds = list(methods[0]["types"])

    def draw(axes: Axes) -> None:
        for row, kind in enumerate(kinds):
            for column, one in enumerate(methods):
                value = one["types"][kind][measure]
                # As light or dark as the page: colour laid over its ground.
                axes.barh(row, 0.94, height=0.9, left=column, color=_ACCENT, alpha=0.06 + 0.5 * value)
                axes.text(column + 0.47, row, f"{value:.2f}", va="center", ha="center")
        names = [f"{_short(kind)} ({methods[0]['types'][kind]['questions']})" for kind in kinds]
        axes.set_yticks(range(len(kinds)), names)
        axes.set_xticks([column + 0.47 for column in range(len(methods))], [one["name"] for one in methods])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelcolor=_INK)
        axes.set_xlim(0, len(methods))
        axes.set_ylim(len(kinds) - 0.45, -0.5)
        axes.spines[:].set_visible(False)

    return _drawn(0.75 + 0.27 * len(kinds), draw, f"{NAMES[measure]} by type of question")


def _svg(figure: Figure, said: str, prefix: str) -> str:
    """A plot as an element of a page: no addresses, no dates, ids of its own."""
    made = io.StringIO()
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        FigureCanvasSVG(figure).print_svg(made, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    whole = made.getvalue()
    opening, body = whole[whole.index("<svg") :].split(">", 1)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)
    width, height = size.groups() if size else ("400", "300")
    # Its own description names addresses, and its own style would hold for the whole page.
    body = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', body).replace("url(#", f"url(#{prefix}-")
    body = re.sub(r"font-family: [^;\"]*", f"font-family: {_FONT}", body)
    for colour, name in _VARIABLES.items():
        body = body.replace(colour, f"var(--{name})")
    body = re.sub(r"\s*\n\s*", "\n", body.strip())
    return (
        f'<svg role="img" aria-label="{html.escape(said)}" viewBox="0 0 {width} {height}" '
        f'style="max-width: {float(width) * 4 / 3:.0f}px">{body}'
    )
