"""Templates escape what is filled in, keep its characters, and add no white space of their own."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from assistant.rendering.templating import Templates

ROOT = Path(__file__).resolve().parent.parent.parent


def templates(folder: Path, source: str) -> Templates:
    """A folder with the one template ``page.html``."""
    (folder / "page.html").write_text(source, "utf-8")
    return Templates(folder)


@pytest.mark.parametrize(
    "text", ["<b> & \"q\" 'q'", "a\rb\r\nc\nd", "  spaces \t ", "{{ x }} {% y %} {# z #}", ""]
)
def test_a_value_is_escaped_and_keeps_all_its_characters(tmp_path: Path, text: str) -> None:
    page = templates(tmp_path, '{% macro m(t) %}\n  <p title="{{ t }}">\n    {{ t }}\n  </p>\n{% endmacro %}')
    result = page.render("page.m", text)
    assert "<b>" not in result
    assert "\r" not in result
    assert html.unescape(result) == f'<p title="{text}">{text}</p>'


def test_indentation_adds_nothing_and_a_line_break_in_prose_is_a_space(tmp_path: Path) -> None:
    source = """
        {% macro m(words) %}
          <p class="a"
             id="b">
            Some words,
            and more: <b>x</b> <i>y</i>
            {% for word in words %}
              <s>{{ word }}</s>
            {% endfor %}
          </p>
        {% endmacro %}
    """
    expected = '<p class="a" id="b">Some words, and more: <b>x</b> <i>y</i><s>1</s><s>2</s></p>'
    assert templates(tmp_path, source).render("page.m", ["1", "2"]) == expected


def test_a_missing_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="nothing_so_called"):
        templates(tmp_path, "{% macro m() %}{{ nothing_so_called }}{% endmacro %}").render("page.m")


def test_filters_and_texts_are_known_to_the_templates(tmp_path: Path) -> None:
    page = templates(tmp_path, "{% macro m(t) %}{{ t | doubled }}{{ SIGN }}{% endmacro %}")

    @page.filter
    def doubled(text: str) -> str:
        return text * 2

    page.define(SIGN="<!>")
    assert doubled("x") == "xx"
    assert page.render("page.m", "<") == "&lt;&lt;&lt;!&gt;"


_TAGS = ("<div", "<p>", "<p ", "<span", "<button", "<section", "<li>", "<li ")


def test_markup_is_in_templates_alone() -> None:
    for path in (ROOT / "assistant" / "web").rglob("*.py"):
        source = path.read_text("utf-8")
        found = [tag for tag in _TAGS if tag in source]
        assert not found, f"{path.name} writes {found}"
