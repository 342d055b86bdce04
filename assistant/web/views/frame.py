"""The fixed parts of the page."""

from __future__ import annotations

from assistant.web.views import render
from assistant.web.views.answer import conversation_html

HEADER = render("frame.header")
SKELETON = render("frame.skeleton")
VIEWS = render("frame.views")
FIND = render("frame.find")
RULER = render("frame.ruler")
CHECK_INTRO = render("frame.check_intro")
LIBRARY_INTRO = render("frame.library_intro")
LIBRARY_STATUS = render("frame.library_status")
COMPARISON_DIALOG = render("frame.comparison_dialog")
LIBRARY_DIALOG = render("frame.library_dialog")
CONVERSATION = conversation_html()
COPYING = render("frame.copying")
NOTEBOOK = render("frame.notebook")
MEASURE_INTRO = render("measure.intro")
OWN_QUESTIONS = render("measure.own_questions")
NO_QUESTION_SETS = render("measure.no_question_sets")
QUESTION_SET_FORMAT = render("measure.question_set_format")


def keys_html() -> str:
    """The list of keys as one closed ``dialog#keys``; the script opens it."""
    return render("frame.keys")
