"""The pages of an essay from a PDF as they are printed: their images, and where words are printed on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.core.errors import NoPagesError
from assistant.core.essay import Passage, Span, StoredEssay
from assistant.core.setting import ImageBox, MarkedPage, PrintedPage, Setting, boxes_of
from assistant.documents.pdf_image import PageFrame, PageImages
from assistant.library.backend import EssayFiles


def printed_pages(essay: StoredEssay, store: EssayFiles) -> PrintedPages:
    """The pages of an essay's PDF.

    Raises:
        LibraryError: If the essay was not read from a PDF, or its stored files are damaged.
    """
    setting = store.document(essay).setting if essay.is_pdf else None
    if setting is None:
        raise NoPagesError(
            f"{essay.id} was read from {essay.source_name}, which has no printed pages to show; add its PDF "
            "to see them."
        )
    return PrintedPages(essay, store.source_text(essay), setting, lambda: store.file(essay), PageImages())


class PrintedPages:
    """The pages of an essay's PDF.

    Args:
        essay: The essay.
        text: Its source.
        setting: How the source is set.
        pdf: Gives the file.
        images: Draws its pages.
    """

    def __init__(
        self,
        essay: StoredEssay,
        text: str,
        setting: Setting,
        pdf: Callable[[], bytes],
        images: PageImages,
    ) -> None:
        self._text, self._setting = text, setting
        self._digest, self._pdf, self._images = essay.source_sha256, pdf, images
        labels = {
            number: page.label
            for passage in essay.passages
            for number, page in zip(self.file_pages(passage), passage.pages, strict=True)
            if page.label
        }
        self.pages = tuple(
            PrintedPage(number, labels.get(number, ""), page.width, page.height)
            for number, page in enumerate(self._setting.pages, 1)
        )

    def file_pages(self, passage: Passage) -> tuple[int, ...]:
        """The number in the file, from 1, of each page of a passage."""
        numbers = []
        for page in passage.pages:
            line = self._setting.line_at(passage.source_map.source(page.start))
            numbers.append(0 if line is None else line.page + 1)
        return tuple(numbers)

    def marked(self, passage: Passage, spans: Sequence[Span] = ()) -> tuple[MarkedPage, ...]:
        """The pages on which words of a passage are printed, in order.

        Args:
            passage: The passage.
            spans: Spans of its text; the whole passage if there are none.

        Raises:
            AssistantError: If the PDF is damaged.
        """
        marks: dict[int, list[ImageBox]] = {}
        frames: dict[int, PageFrame] = {}
        for start, end in spans or ((0, len(passage.text)),):
            source = passage.source_map.spans(start, end)
            for box in boxes_of(self._setting, self._text, source):
                if box.page not in frames:
                    frames[box.page] = self._images.frame(self._digest, self._pdf, box.page)
                marks.setdefault(box.page, []).append(frames[box.page].mark(box))
        return tuple(MarkedPage(self.pages[page], tuple(marks[page])) for page in sorted(marks))

    def png(self, number: int, width: int, marks: Sequence[ImageBox] = ()) -> bytes:
        """The image of a page as a PNG file.

        Args:
            number: Its number in the file, from 1.
            width: Width of the image in pixels at least; see ``PageImages.png``.
            marks: What to mark on it, as ``marked`` gives it.

        Raises:
            NoPagesError: If there is no such page.
            LibraryError: If the stored PDF is damaged.
            ReadingError: If the page cannot be drawn.
        """
        if not 1 <= number <= len(self.pages):
            raise NoPagesError(f"The PDF has no page {number}; it has the pages 1 to {len(self.pages)}.")
        return self._images.png(self._digest, self._pdf, number - 1, width, marks)
