"""What the page's script may do with the library: each act asked for by name, answered or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from assistant.errors import AssistantError
from assistant.types import CSLItem, IngestReport, StoredEssay
from assistant.web import shelf, telling, uploading
from assistant.web.editing import form_html
from assistant.web.report import report_html

GONE = "This essay is no longer in the library; it may have been removed in another window."
NOT_KEPT = "This essay is not kept any more; add it again from its file."
# Characters of a record that is pasted, and of all fields of a form.
_LONGEST = 200_000
LONG = "The record is too long; give that of the essay alone."
UNKNOWN = "The page asked for what there is not; load it again."

Answer = dict[str, Any]


class Library(uploading.Library, Protocol):
    """What is asked of a library here; ``assistant.library.Library`` is one."""

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay."""

    def form(self, essay_id: str, text: str = "") -> dict[str, str]:
        """What a form shows of a record."""

    def filled(self, essay_id: str, form: Mapping[str, str], text: str = "") -> CSLItem:
        """The record that a form was filled in with."""

    def edit(
        self, essay_id: str, *, reference: CSLItem | None = None, first_page: str | None = None
    ) -> IngestReport:
        """Change record and first page."""

    def remove(self, essay_id: str, *, for_good: bool = False) -> None:
        """Remove an essay."""

    def removed(self) -> Mapping[str, shelf.Removed]:
        """What can be put back."""

    def restore(self, essay_id: str) -> IngestReport:
        """Put a removed essay back."""


class Acts:
    """What the page's script asks for, one method an act; a fault is one sentence.

    Args:
        library: The library.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        # What each needs besides the essay's id.
        self._acts: dict[str, tuple[Callable[..., Answer], tuple[type, ...]]] = {
            "edit": (self._form, ()),
            "read": (self._read, (str,)),
            "save": (self._save, (dict, str)),
            "report": (self._report, ()),
            "remove": (self._asked, ()),
            "remove-now": (self._remove, (bool,)),
        }
        self._acts_on_removed: dict[str, Callable[[str], Answer]] = {
            "forget": self._asked_again,
            "forget-now": self._forget,
            "restore": self._restore,
        }

    def act(self, asked: Sequence[Any]) -> Answer:
        """Do what is asked.

        Args:
            asked: Name of the act, an essay's id, and what else the act needs. It comes from the page's
                script, so anything may stand in it.

        Returns:
            ``html`` to show, ``form`` to fill in or what is ``said``; or the sentence of a ``fault``.
        """
        if (
            not isinstance(asked, list)
            or len(asked) < 2
            or not all(isinstance(one, str) for one in asked[:2])
        ):
            return {"fault": UNKNOWN}
        (name, essay_id), rest = asked[:2], asked[2:]
        try:
            if name in self._acts_on_removed and not rest:
                return self._acts_on_removed[name](essay_id)
            act, needed = self._acts.get(name, (None, ()))
            if act is None or [type(one) for one in rest] != [*needed]:
                return {"fault": UNKNOWN}
            if essay_id not in self._library.abouts():
                return {"fault": GONE}
            return act(essay_id, *rest)
        except AssistantError as fault:
            return {"fault": telling.told(str(fault), self._library.root)}

    def _title(self, essay_id: str) -> str:
        return shelf.title_of(essay_id, self._library.abouts()[essay_id])

    def _form(self, essay_id: str) -> Answer:
        now = self._library.essay(essay_id).report.page_provenance
        return {"html": form_html(self._title(essay_id), self._library.form(essay_id), now)}

    def _read(self, essay_id: str, text: str) -> Answer:
        if len(text) > _LONGEST:
            return {"fault": LONG}
        form = self._library.form(essay_id, text)
        del form["first-page"]
        return {"form": form}

    def _save(self, essay_id: str, form: Mapping[str, str], text: str) -> Answer:
        texts = {key: one for key, one in form.items() if isinstance(one, str)}
        if len(text) + sum(map(len, texts.values())) > _LONGEST:
            return {"fault": LONG}
        first_page = texts.pop("first-page", "").strip()
        known = self._library.form(essay_id)
        record = self._library.filled(essay_id, texts, text)
        same = not text.strip() and record == self._library.abouts()[essay_id].reference
        report = self._library.edit(
            essay_id,
            reference=None if same else record,
            first_page=None if first_page == known["first-page"] else first_page,
        )
        return {"said": f"“{report.title}” is saved.", "warnings": list(report.warnings)}

    def _report(self, essay_id: str) -> Answer:
        report = self._library.essay(essay_id).report
        return {
            "html": '<h2 id="sheet-title">What became of the file</h2>'
            f"{report_html(report, '')}"
            '<div class="sheet-row"><button type="button" class="close" autofocus>Close</button></div>'
        }

    def _asked(self, essay_id: str) -> Answer:
        return {"html": shelf.confirm_html(self._title(essay_id), kept=False)}

    def _asked_again(self, essay_id: str) -> Answer:
        kept = self._library.removed().get(essay_id)
        return {"html": shelf.confirm_html(kept.title, kept=True)} if kept else {"fault": NOT_KEPT}

    def _remove(self, essay_id: str, for_good: bool) -> Answer:  # noqa: FBT001 - a tick of the dialog
        title = self._title(essay_id)
        self._library.remove(essay_id, for_good=for_good)
        if for_good:
            return {"said": f"“{title}” is removed for good."}
        return {"said": f"“{title}” is removed.", "html": shelf.removed_html(essay_id, title)}

    def _forget(self, essay_id: str) -> Answer:
        if essay_id in self._library.abouts():
            return {"fault": f"An essay {essay_id!r} is in the library again; remove that one first."}
        self._library.remove(essay_id, for_good=True)
        return {"said": "It is deleted for good."}

    def _restore(self, essay_id: str) -> Answer:
        return {"said": f"“{self._library.restore(essay_id).title}” is back."}
