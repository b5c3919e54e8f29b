"""What is found, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import HERE
from retrieval import Index, Passage, features, read, split, words

INDEX = Index(read(HERE / "documents"))


@pytest.mark.parametrize(
    ("question", "section", "words_of_it"),
    [
        ("When is the library open on Saturday?", "The week", "between 9:00 and 14:00"),
        ("How long may I keep a book?", "How long", "four weeks"),
        ("What does printing cost?", "Printing and scanning", "10 cents a page"),
        ("I lost my card", "Your card", "3 euros"),
        ("Is there a fine if I'm late?", "Late and lost", "20 cents"),
        ("Where can I return books at night?", "Returning at any hour", "hatch"),
        ("What is the wifi network called?", "Wireless network", "Ellery-Library"),
        ("can we eat in a meeting room", "Meeting rooms", "Food is allowed"),
        ("3D PRINTERS", "The workshop", "introduction"),
        ("opening at christmas? 24 December", "Holidays", "1 January"),
    ],
)
def test_the_first_one_answers(question: str, section: str, words_of_it: str) -> None:
    found = INDEX.search(question)
    assert any(passage.section == section and words_of_it in passage.text for passage in found)
    assert found[0].section == section


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "who are you",
        "",
        "?!",
        "the of and",
        "xyzzy",
        "\x00",
        "📚",
        "a" * 500,
        "qu'est-ce",
    ],
)
def test_nothing_is_made_up(question: str) -> None:
    assert INDEX.search(question) == []


def test_the_same_at_every_start() -> None:
    again = Index(read(HERE / "documents"))
    assert again.search("renew a loan") == INDEX.search("renew a loan")
    assert features(["book"]) == features(["book"])
    assert len(INDEX.search("book card library desk", most=2)) <= 2


def test_documents_are_split_at_headings_and_empty_lines() -> None:
    text = "before\n\n# Title\nfirst\nline\n\n## Section\n\nsecond\n\n#no heading\n\n# Other\n\nthird\n\n\n"
    assert list(split("a.md", text)) == [
        Passage("a.md", "a", "", "before"),
        Passage("a.md", "Title", "", "first line"),
        Passage("a.md", "Title", "Section", "second"),
        Passage("a.md", "Title", "Section", "#no heading"),
        Passage("a.md", "Other", "", "third"),
    ]


def test_a_folder_as_people_leave_it(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("tea is at four")
    (tmp_path / "bytes.md").write_bytes(b"caf\xe9 opens")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "empty.md").touch()
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "huge.md").write_bytes(b"x" * 1_000_001)
    assert [passage.source for passage in read(tmp_path)] == ["bytes.md", "good.txt"]
    assert Index([]).search("tea") == []
    assert Index(read(tmp_path)).search("when is tea?")[0].text == "tea is at four"


def test_words() -> None:
    assert words("The Libraries' BOOKS, classes and a bus!") == ["library", "book", "class", "bus"]
