"""Plots of an evaluation as SVG for a page; the only module that uses Matplotlib.

Colours are CSS variables, which the page's style sheet sets for its light and its dark theme.
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

from assistant.evaluation.report import CONTRASTED, LABELS

# Placeholders that Matplotlib accepts as colours; each is replaced by the CSS variable named here.
_INK, _MUTED, _ACCENT, _OTHER, _LINE = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {_INK: "ink", _MUTED: "muted", _ACCENT: "accent", _OTHER: "other", _LINE: "line"}
_FONT = "system-ui, sans-serif"
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,  # a type of question may be named $x$
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
# Inches; narrow enough for the screen of a telephone.
_WIDE = 4.6
_LONGEST = 24
_BARS = ("ndcg@10", "r@1", "r@3", "r@5", "mrr@10", "success@3")

# A plot and its title.
_Drawn = tuple[Figure, str]


def plots_of(data: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """The plots of one set's figures.

    Args:
        data: The figures.
        prefix: Begins every id in the plots, so that several sets can share a page.

    Returns:
        Titles and SVG elements; a plot that would be empty is left out.
    """
    methods = data["methods"]
    drawn = [_bars(methods, name) for name in _BARS]
    calibrated = next((method for method in methods if method["calibration"]), None)
    if calibrated:
        drawn += [_reliability(calibrated), _risk_coverage(calibrated)]
    drawn += [_heat(methods, name) for name in reversed(CONTRASTED)] if len(methods[0]["types"]) > 1 else []
    plots = [plot for plot in drawn if plot is not None]
    return [(title, _svg(figure, title, f"{prefix}{number}")) for number, (figure, title) in enumerate(plots)]


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
    if any(method[measure] is None for method in methods):
        return None

    def draw(axes: Axes) -> None:
        places = range(len(methods))
        values = [method[measure] for method in methods]
        low, high = zip(*(method["ci95"][measure] for method in methods), strict=True)
        colours = [_ACCENT, *[_OTHER] * (len(methods) - 1)]
        axes.barh(places, values, height=0.62, color=colours)
        axes.hlines(places, low, high, colors=_INK, linewidth=1.2)
        for place, value in zip(places, values, strict=True):
            axes.text(1.03, place, f"{value:.3f}", va="center")
        axes.set_yticks(places, [method["name"] for method in methods])
        axes.invert_yaxis()
        axes.set_xlim(0, 1.16)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.tick_params(length=0)
        axes.grid(axis="x")
        axes.spines[["left", "bottom"]].set_visible(False)

    return _drawn(0.62 + 0.27 * len(methods), draw, f"{LABELS[measure]}, 95% intervals")


def _square(axes: Axes, across: str, up: str) -> None:
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.tick_params(labelcolor=_MUTED)
    axes.grid()


def _reliability(method: Mapping[str, Any]) -> _Drawn:
    """How often the event occurred in each bin of confidence."""
    calibration = method["calibration"]

    def draw(axes: Axes) -> None:
        across = [group["confidence"] for group in calibration["bins"]]
        up = [group["right"] for group in calibration["bins"]]
        axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(across, up, color=_ACCENT, marker="o", markersize=5, linewidth=1.4, clip_on=False)
        _square(axes, "confidence", "share with an answer shown")

    return _drawn(3.4, draw, f"Calibration of {method['name']}, ECE {calibration['ece']:.3f}")


def _risk_coverage(method: Mapping[str, Any]) -> _Drawn:
    """The share of wrong answers among the most confident questions, as more of them are covered."""
    calibration = method["calibration"]

    def draw(axes: Axes) -> None:
        across, up = zip(*calibration["risk_coverage"], strict=True)
        axes.plot(across, up, color=_ACCENT, linewidth=1.6)
        offered = calibration["offered"]
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

    return _drawn(3.4, draw, f"Risk and coverage of {method['name']}, AURC {calibration['aurc']:.3f}")


def _heat(methods: Sequence[Mapping[str, Any]], measure: str) -> _Drawn:
    """A measure by type of question and method."""
    kinds = list(methods[0]["types"])

    def draw(axes: Axes) -> None:
        for row, kind in enumerate(kinds):
            for column, method in enumerate(methods):
                value = method["types"][kind][measure]
                # Transparent, so that it suits a light and a dark page.
                axes.barh(row, 0.94, height=0.9, left=column, color=_ACCENT, alpha=0.06 + 0.5 * value)
                axes.text(column + 0.47, row, f"{value:.2f}", va="center", ha="center")
        names = [f"{_short(kind)} ({methods[0]['types'][kind]['questions']})" for kind in kinds]
        axes.set_yticks(range(len(kinds)), names)
        axes.set_xticks(
            [column + 0.47 for column in range(len(methods))], [method["name"] for method in methods]
        )
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelcolor=_INK)
        axes.set_xlim(0, len(methods))
        axes.set_ylim(len(kinds) - 0.45, -0.5)
        axes.spines[:].set_visible(False)

    return _drawn(0.75 + 0.27 * len(kinds), draw, f"{LABELS[measure]} by type of question")


def _svg(figure: Figure, title: str, prefix: str) -> str:
    """A plot as an SVG element without addresses or dates, its ids beginning with the prefix."""
    file = io.StringIO()
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    whole = file.getvalue()
    opening, body = whole[whole.index("<svg") :].split(">", 1)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)
    width, height = size.groups() if size else ("400", "300")
    # Its metadata names addresses, and its style would apply to the whole page.
    body = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}-', body).replace("url(#", f"url(#{prefix}-")
    body = re.sub(r"font-family: [^;\"]*", f"font-family: {_FONT}", body)
    for colour, name in _VARIABLES.items():
        body = body.replace(colour, f"var(--{name})")
    body = re.sub(r"\s*\n\s*", "\n", body.strip())
    return (
        f'<svg role="img" aria-label="{html.escape(title)}" viewBox="0 0 {width} {height}" '
        f'style="max-width: {float(width) * 4 / 3:.0f}px">{body}'
    )
