"""Essays as text extractors leave them, with their true passages: pages, notes at the foot, furniture."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

TITLE = "The Ledger of the Mill"
AUTHOR = "Ada Brook"
# ``{}`` is where a note is called.


def _divided(text: str) -> tuple[str, ...]:
    return tuple(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


ENGLISH = _divided(
    """
    The keeper of the old mill kept a ledger in which he wrote down every visitor who came up the
    lane in winter. He did not ask their names, for names seemed to him a kind of debt, but he
    described their coats and their boots with the patience of a painter.{} When the river froze he
    counted the days that nobody came, and those empty days have lines of their own.

    Readers of the ledger have mostly looked for facts about the price of flour.{} That is a pity,
    because the prices are wrong as often as they are right, while the descriptions are never
    careless. A coat with one button of horn and three of brass returns in four different hands over
    twenty years, and we can follow it from father to son.

    It has been said that a list cannot be a story. The ledger shows the opposite, since every list
    leaves gaps, and a gap invites whoever reads it to supply what happened. The miller knew this, I
    think, when he left half a page white after the flood.{} Nothing else in the book says so
    plainly that there was nobody left to describe.

    Against this view it may be urged that white paper is only white paper. The binder may have
    turned two leaves at once, or the miller may have had a cold; but he numbered his leaves,{} and
    the number of the white one is written with unusual care, in red.

    What then does the ledger teach those who keep records today? First of all that attention is a
    form of courtesy. We have machines that remember every visitor, and not one of them has noticed
    a button. The memory of the mill was poorer by far, and it was kept by someone who cared to
    look.

    There remains the question of the last entry, which is in no known hand. It describes a child
    who carried a lantern although the sun was up. Some have taken the lantern for a symbol, and
    others for a mistake of the calendar.{} I should like to believe that it was simply a lantern,
    and that the child had walked since before dawn.

    A second volume turned up in the attic of the school, among maps that nobody had unrolled for a
    century. Its paper is the same and its ruling is the same, but the voice has changed. Where the
    first writer measured sleeves, the second measures silences,{} and he records how long each
    guest sat by the fire before speaking.

    Historians distrust such sources, and they are right to do so as long as they distrust the
    others equally. A tax roll is no less a work of the imagination than a ledger of coats. It
    merely imagines a different reader, one who is going to send soldiers.
    """
)
ENGLISH_NOTES = _divided(
    """
    For the ruling of the paper see the catalogue of the county archive, where it is wrongly dated.

    Compare the remarks of the schoolmaster on the same flood, printed in the parish magazine, 4
    (1902), 17.

    Ibid., p. 31.

    The numbers stop at 84, although the volume has more leaves than that, and nobody has explained
    it.

    “It was carried by day,” says the gazette, “and nobody laughed.”

    See Thomas Dunn, Silence as a Measure (Leeds, 1954), pp. 12–19, who counts forty of them.
    """
)
_LONGER = _divided(
    """
    The dating was corrected by hand in the copy of the reading room, and the correction was later
    copied into the printed second edition, though without a word about its source or its date.

    He had seen the water stand in the lower room for eleven days, and he gives the height of it on
    each of them, which no other witness does.

    The passage is quoted by nearly everyone who has written on the mill, as a rule without the last
    clause, on which the whole of the argument depends.

    A third of them are blank on one side, and the stubs of six more can be felt in the gutter, so
    that the volume was once a good deal thicker than it is today.

    The same gazette reported in the following week that the child had been seen again, this time
    without a lantern, on the other side of the river.

    His count leaves out those that lasted for less than a minute, which the writer of the second
    volume put down with a single stroke in the margin.
    """
)
GERMAN = _divided(
    """
    Der Müller führte ein Buch, in das er jeden Gast eintrug, der im Winter den Weg heraufkam. Nach
    Namen fragte er nicht, denn Namen schienen ihm eine Art von Schuld; aber er beschrieb Mäntel und
    Stiefel mit der Geduld eines Malers.{} Als der Fluss zufror, zählte er die Tage, an denen
    niemand kam.

    Man hat eingewandt, eine Liste erzähle nichts. Das Buch zeigt das Gegenteil, denn jede Liste hat
    Lücken, und eine Lücke lädt den Leser ein, sie zu füllen.{} Der Müller wusste das, als er nach
    der Flut eine halbe Seite leer ließ.

    Dagegen lässt sich sagen, dass leeres Papier nur leeres Papier ist. Der Buchbinder kann zwei
    Blätter auf einmal umgeschlagen haben. Aber der Müller hat seine Blätter gezählt,{} und die Zahl
    des leeren Blattes ist mit ungewöhnlicher Sorgfalt geschrieben, in Rot.

    Was also lehrt das Buch die, die heute Listen führen? Zuerst, dass Aufmerksamkeit eine Form der
    Höflichkeit ist. Wir haben Maschinen, die sich an jeden Gast erinnern, und keine hat je einen
    Knopf bemerkt.
    """
)
GERMAN_NOTES = _divided(
    """
    Vgl. das Verzeichnis des Archivs, wo das Blatt falsch datiert ist.

    Siehe die Bemerkungen des Schulmeisters im Gemeindeblatt, Jg. 4, 1902, S. 17.

    Ebd., S. 31 f.
    """
)
FRENCH = _divided(
    """
    Le meunier tenait un livre où il notait chaque visiteur qui montait le chemin en hiver. Il ne
    demandait pas les noms, car les noms lui semblaient une sorte de dette, mais il décrivait les
    manteaux et les bottes avec la patience d’un peintre.{} Quand la rivière gelait, il comptait les
    jours où personne ne venait.

    On a dit qu’une liste ne saurait être un récit. Le livre montre le contraire, puisque toute
    liste laisse des lacunes, et qu’une lacune invite le lecteur à la combler.{} Le meunier le
    savait, je crois, lorsqu’il laissa blanche une demi-page après la crue.

    Contre cette opinion on peut soutenir que le papier blanc n’est que du papier blanc. Le relieur
    a pu tourner deux feuillets à la fois. Mais le meunier numérotait ses feuillets,{} et le numéro
    du feuillet blanc est écrit avec un soin inhabituel, à l’encre rouge.

    Que nous apprend donc ce livre, à nous qui tenons des registres ? D’abord que l’attention est
    une forme de courtoisie. Nous avons des machines qui se souviennent de chaque visiteur, et
    aucune n’a remarqué un bouton.
    """
)
FRENCH_NOTES = _divided(
    """
    Voir le catalogue des archives, où le feuillet est mal daté.

    Cf. les remarques de l’instituteur sur la même crue, dans le bulletin de la paroisse, 1902, p.
    17.

    Ibid., p. 31.
    """
)
SYMBOLS = ("*", "†", "‡", "§")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """How an essay is printed, and what an extractor made of it.

    Attributes:
        paragraphs: The paragraphs; ``{}`` is where a note is called.
        notes: The notes.
        width: Characters to a line.
        note_width: Characters to a line of a note.
        page_lines: Lines of text to a page.
        begin: How paragraphs begin: ``flush``, ``indented`` or after a ``blank`` line.
        call: How a note is called in the text, with ``{}`` for its mark.
        start: How a note begins, with ``{}`` for its mark; a line break leaves the mark alone on its line.
        first_note: Number of the first note.
        restart: Whether notes are numbered anew on each page.
        symbols: Whether symbols call the notes.
        raised: Whether numbers are raised figures.
        gap: What divides the text from the notes at the foot.
        between: What divides two notes.
        cut: After how many lines a note is cut off by the page's end, to go on at the next foot.
        first_page: Number of the first page.
        foot: What is printed under each page, with ``{}`` for its number.
        heads: What is printed over left and right pages, with ``{}`` for the number.
        page_end: What divides pages.
    """

    paragraphs: Sequence[str] = ENGLISH
    notes: Sequence[str] = ENGLISH_NOTES
    width: int = 72
    note_width: int = 84
    page_lines: int = 16
    begin: str = "flush"
    call: str = "{}"
    start: str = "{} "
    first_note: int = 1
    restart: bool = False
    symbols: bool = False
    raised: bool = False
    gap: str = ""
    between: str = ""
    cut: int = 0
    first_page: int = 1
    foot: str = "{}\n"
    heads: tuple[str, str] = ("", "")
    page_end: str = "\f"


@dataclass(slots=True)
class TruePassage:
    """A passage as it should come out."""

    kind: str
    text: str
    page: str
    marks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Page:
    label: str
    body: list[str] = field(default_factory=list)
    foot: list[list[str]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def extract(how: Extraction) -> tuple[str, list[TruePassage]]:
    """The text of an essay as an extractor leaves it, and its true passages below title and author."""
    pages, truth = _set(how)
    printed = []
    for number, page in enumerate(pages):
        head = how.heads[number % 2].format(page.label)
        lines = [head, ""] if head else []
        if not number:
            lines += [TITLE, "", AUTHOR, ""]
        lines += page.body
        notes = ["\n".join(note) for note in ([page.rest] if page.rest else []) + page.foot]
        separator = "\n" + how.between
        text = "\n".join(lines) + "\n"
        if notes:
            text += how.gap + separator.join(notes) + "\n"
        printed.append(text + how.foot.format(page.label))
    return how.page_end.join([*printed, ""]), truth


def _set(how: Extraction) -> tuple[list[_Page], list[TruePassage]]:
    pages = [_Page(str(how.first_page))]
    truth: list[TruePassage] = []
    notes = iter(how.notes)
    number, on_page = how.first_note, 0
    for words in how.paragraphs:
        passage = TruePassage("paragraph", words.replace("{}", ""), "")
        truth.append(passage)
        lines = _lines(words, how)
        for at, line in enumerate(lines):
            left = how.page_lines - sum(bool(each.strip()) for each in pages[-1].body)
            # No page ends with a full last line, which would not show where the paragraph ends.
            is_full_end = at == len(lines) - 1 and len(line) > 0.7 * how.width
            if left <= is_full_end:
                pages.append(_Page(str(how.first_page + len(pages))))
                on_page = 0
                number = how.first_note if how.restart else number
            page = pages[-1]
            if not at and how.begin == "blank" and page.body:
                page.body.append("")
            passage.page = passage.page or page.label
            for _ in range(line.count("{}")):
                mark = SYMBOLS[on_page] if how.symbols else str(number)
                number, on_page = number + 1, on_page + 1
                printed = how.call.format(mark.translate(_RAISED) if how.raised else mark)
                line = line.replace("{}", printed, 1)  # noqa: PLW2901
                passage.marks.append(mark)
                note = TruePassage("note", "", page.label)
                truth.append(note)
                _add_note(how, page, note, mark, next(notes))
            page.body.append(line)
    if how.cut:
        _cut_notes(how, pages)
    return pages, _in_order(truth)


def _in_order(truth: list[TruePassage]) -> list[TruePassage]:
    """Notes follow the last paragraph that begins on their page."""
    ordered: list[TruePassage] = []
    waiting: list[TruePassage] = []
    for passage in truth:
        if passage.kind == "note":
            waiting.append(passage)
            continue
        while waiting and waiting[0].page != passage.page:
            ordered.append(waiting.pop(0))
        ordered.append(passage)
    return [*ordered, *waiting]


def _lines(words: str, how: Extraction) -> list[str]:
    indent = "    " if how.begin == "indented" else ""
    # A call has the width of a figure.
    return [
        line.replace("\ue000", "{}")
        for line in textwrap.wrap(
            words.replace("{}", "\ue000"),
            how.width,
            initial_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


def _add_note(how: Extraction, page: _Page, note: TruePassage, mark: str, words: str) -> None:
    start = how.start.format(mark.translate(_RAISED) if how.raised else mark)
    note.text = " ".join((start + words).split())
    lone = start.endswith("\n")
    lines = textwrap.wrap(
        words if lone else start + words, how.note_width, break_long_words=False, break_on_hyphens=False
    )
    page.foot.append(
        [*start.rstrip("\n").split("\n"), *([""] if start.endswith("\n\n") else []), *lines]
        if lone
        else lines
    )


def _cut_notes(how: Extraction, pages: Sequence[_Page]) -> None:
    """Let the last note of each page but the last go on at the next foot."""
    for page, after in pairwise(pages):
        if page.foot and len(page.foot[-1]) > how.cut:
            after.rest = page.foot[-1][how.cut :]
            del page.foot[-1][how.cut :]


def with_notes() -> Iterator[tuple[str, Extraction]]:
    """Ways in which notes at the foot of pages come out, each with a name."""
    starts = {
        "spaced": ("{}", "{} "),
        "dot": ("{}", "{}. "),
        "alone": ("{}", "{}\n"),
        "alone and blank": ("{}", "{}\n\n"),
        "glued": ("{}", "{}"),
        "bracket": ("[{}]", "[{}] "),
        "round bracket": ("{})", "{}) "),
        "round brackets": ("({})", "({}) "),
        "tab": ("{}", "{}\t"),
    }
    for name, (call, start) in starts.items():
        how = Extraction(call=call, start=start)
        for begin in ("flush", "indented", "blank"):
            yield f"{name}, {begin}", replace(how, begin=begin)
        yield f"{name}, from 41", replace(how, begin="indented", width=57, first_note=41, page_lines=19)
        yield f"{name}, anew on each page", replace(how, restart=True, gap="\n")
        german = replace(how, paragraphs=GERMAN, notes=GERMAN_NOTES, first_page=211)
        yield f"{name}, German", replace(german, width=66, page_lines=8)
        french = replace(how, paragraphs=FRENCH, notes=FRENCH_NOTES, begin="blank")
        yield f"{name}, French", replace(french, width=64, note_width=64, page_lines=8)
        headed = replace(how, heads=("{}    ADA BROOK", "THE LEDGER OF THE MILL    {}"), foot="")
        yield f"{name}, running heads", replace(headed, first_page=302, gap="\n", between="\n")
    for begin in ("flush", "indented", "blank"):
        how = Extraction(begin=begin)
        yield f"raised, {begin}", replace(how, raised=True)
        yield f"raised and glued, {begin}", replace(how, raised=True, start="{}")
        yield f"symbols, {begin}", replace(how, symbols=True)
        yield f"symbols glued, {begin}", replace(how, symbols=True, start="{}", gap="\n")
    german = Extraction(paragraphs=GERMAN, notes=GERMAN_NOTES, symbols=True)
    yield (
        "symbols, German",
        replace(german, start="{}) ", call="{})", begin="indented", width=60, page_lines=9),
    )
    for begin in ("flush", "indented", "blank"):
        for cut in (1, 2):
            how = Extraction(notes=LONG_NOTES, begin=begin, cut=cut)
            yield f"goes on, {begin}, {cut}", how
            yield f"goes on after a gap, {begin}, {cut}", replace(how, gap="\n")
            yield f"goes on in the same type, {begin}, {cut}", replace(how, gap="\n", note_width=72)


LONG_NOTES = tuple(f"{note} {more}" for note, more in zip(ENGLISH_NOTES, _LONGER, strict=True))
