"""Altered questions: what is exchanged contradicts the excerpt or does not occur in it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from alterations import QuestionAlterer
from wordnet import WordNet

from assistant.evaluation.datasets import DatasetQuestion

TEXT = "In 1470 Anna gave the printer Bruno a heavy book because he had praised her."
QUESTION = "Why did the printer thank Anna for the heavy book after Bruno left?"
# Lines as WordNet's own files have them; offsets are names of synsets.
FILES = {
    "data.adj": "00000001 00 a 01 heavy 0 001 ! 00000002 a 0101 | of great weight\n"
    "00000002 00 a 01 light 0 001 ! 00000001 a 0101 | of little weight\n",
    "index.adj": "heavy a 1 1 ! 1 1 00000001\nlight a 1 1 ! 1 1 00000002\n",
    "data.verb": "00000003 29 v 02 praise 0 laud 0 001 ! 00000004 v 0101 | express approval\n"
    "00000004 29 v 01 blame 0 001 ! 00000003 v 0101 | put the blame on\n",
    "index.verb": "praise v 1 1 ! 1 1 00000003\nlaud v 1 1 ! 1 1 00000003\nblame v 1 1 ! 1 1 00000004\n",
    "data.noun": "",
    "index.noun": "",
    "data.adv": "",
    "index.adv": "",
    "adj.exc": "",
    "adv.exc": "",
    "noun.exc": "",
    "verb.exc": "",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wordnet")
    for name, lines in FILES.items():
        (made / name).write_text("  1 a licence\n" + lines, encoding="latin-1")
    return made


@pytest.fixture(scope="module")
def alterer(folder: Path) -> QuestionAlterer:
    others = ["When did Cosimo sell the quarto to Anna?", "Where did Anna hide the ledger in 1512?"]
    questions = [
        DatasetQuestion(str(n), text, "a", answerable=True) for n, text in enumerate([QUESTION, *others])
    ]
    corpus = {"a": {"a#0": TEXT, "a#1": "In 1512 the abbot saw Cosimo."}}
    return QuestionAlterer(questions, corpus, random.Random(3), folder)


def test_related_words_have_the_ending_of_the_word(folder: Path) -> None:
    wordnet = WordNet(folder)
    assert wordnet.opposites("heavy") == ["light"]
    assert wordnet.opposites("praised") == ["blamed"]
    assert wordnet.synonyms("praising") == ["lauding"]
    assert wordnet.opposites("book") == []


def test_each_kind_changes_what_it_says(alterer: QuestionAlterer) -> None:
    altered = dict(alterer.alterations(QUESTION, TEXT, "a"))
    assert altered["opposite"] == QUESTION.replace("heavy", "light")
    assert altered["roles"] == "Why did the printer thank Bruno for the heavy book after Anna left?"
    assert altered["denied"] in {
        QUESTION.replace("did", "didn’t"),
        QUESTION.replace("printer thank", "printer not thank"),
        QUESTION.replace("printer thank", "printer never thank"),
    }
    assert altered["name"].count("Anna") + altered["name"].count("Bruno") == 1
    assert "number" not in altered
    assert all(new != QUESTION for new in altered.values())


def test_nothing_that_the_excerpt_has_is_inserted(alterer: QuestionAlterer) -> None:
    own = set(QUESTION.split())
    for _ in range(20):
        altered = dict(alterer.alterations(QUESTION, TEXT, "a"))
        for kind in altered.keys() & {"name", "word"}:
            new = {word.strip("?,") for word in set(altered[kind].split()) - own}
            assert new.isdisjoint(word.strip(".,") for word in TEXT.split())


def test_a_denied_excerpt_is_not_denied_again(alterer: QuestionAlterer) -> None:
    assert "denied" not in dict(alterer.alterations(QUESTION, "He did not thank her.", "a"))
    assert "denied" not in dict(alterer.alterations("Why did he not thank Anna?", TEXT, "a"))
