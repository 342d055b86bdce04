"""Names in essays in German, whose nouns all have capitals, and in French."""

from __future__ import annotations

from handmade_essays import essay, passage

from assistant.book_index.making import index_of_essay


def names(text: str, language: str) -> list[str]:
    one = essay(passage("a/p01", text), reference={"language": language})
    return [entry.entry for entry in index_of_essay(one).index.names]


def test_nouns_with_capitals_are_no_names() -> None:
    text = (
        "Franz Kafka erzählt von Gregor Samsa. Kafka schreibt für die Leser des Romans. Walter Benjamin hat "
        "in Berlin über Kafka geschrieben; Benjamins Essay erschien früh. Das Bild der Schuld ist das Bild "
        "des Vaters."
    )
    assert names(text, "de") == ["Benjamin, Walter", "Kafka, Franz", "Samsa, Gregor"]


def test_french_particles() -> None:
    text = "Simone de Beauvoir écrit de Paris. Selon Jean d’Alembert, Denis Diderot pense autrement."
    assert names(text, "fr") == ["Beauvoir, Simone de", "d’Alembert, Jean", "Diderot, Denis"]
