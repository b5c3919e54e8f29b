"""Finds the passages of a folder that answer a question, without a model: hashed words weighed by TF-IDF.

An embedding model would go into `features`; all else could stay.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

Vector = dict[int, float]

# Python's own hash differs from start to start.
DIMENSIONS = 1 << 18
GRAM = 4
HEADING_WEIGHT = 0.5
LEAST_SCORE = 0.12
# No answer is far below the best one only because it shares a word with the question.
LEAST_OF_BEST = 0.5
MOST_BYTES = 1_000_000
WORD = re.compile(r"[^\W_]+")
STOP = frozenset(
    """a about am an and any are as at be been but by can could did do does for from had has have how i if
    in into is it its me my no not of on or our should so that the their them then there they this to up was
    we were what when where which who why will with would you your""".split()
)


@dataclass(frozen=True)
class Passage:
    """One paragraph, and where it stands."""

    source: str
    title: str
    section: str
    text: str


def read(folder: Path) -> Iterator[Passage]:
    for path in sorted(folder.iterdir()):
        if path.suffix in (".md", ".txt") and path.is_file() and path.stat().st_size <= MOST_BYTES:
            yield from split(path.name, path.read_text("utf-8", errors="replace"))


def split(source: str, text: str) -> Iterator[Passage]:
    """The paragraphs below their headings (`# title`, `## section`)."""
    title, section = Path(source).stem, ""
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().splitlines()
        while lines and (heading := re.match(r"(#{1,6})\s+(.*)", lines[0])):
            level, words = heading.groups()
            title, section = (words, "") if level == "#" else (title, words)
            lines.pop(0)
        if lines:
            yield Passage(source, title, section, " ".join(line.strip() for line in lines))


def words(text: str) -> list[str]:
    """Lower case, without the words that every text has, and without the endings of the commonest plurals."""
    found = (word.casefold() for word in WORD.findall(text))
    return [stem(word) for word in found if word not in STOP]


def stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith(("ss", "us")):
            return word.removesuffix(ending) + instead
    return word


def features(found: Iterable[str]) -> Counter[int]:
    """Whole words, and their pieces at a quarter, so that `open` is near to `opening`."""
    counted: Counter[str] = Counter()
    for word in found:
        counted[word] += 4
        padded = f"^{word}$"
        counted.update(f"#{padded[at : at + GRAM]}" for at in range(len(padded) - GRAM + 1))
    hashed: Counter[int] = Counter()
    for name, count in counted.items():
        hashed[crc32(name.encode()) % DIMENSIONS] += count
    return hashed


class Index:
    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = list(passages)
        self._words = [set(words(passage.text + " " + headings(passage))) for passage in self.passages]
        texts = [features(words(passage.text)) for passage in self.passages]
        above = [features(words(headings(passage))) for passage in self.passages]
        seen = Counter(
            feature for one, other in zip(texts, above, strict=True) for feature in one.keys() | other.keys()
        )
        count = len(self.passages)
        self._idf = {feature: math.log((1 + count) / (1 + of)) + 1 for feature, of in seen.items()}
        # A feature that no passage has counts as much as one that a single one has: what is asked for is not here.
        self._unknown = math.log((1 + count) / 2) + 1
        self._vectors = [self._vector(one, other) for one, other in zip(texts, above, strict=True)]

    def search(self, question: str, most: int = 3) -> list[Passage]:
        """The nearest, best first; none when nothing is near. Each shares a whole word with the question."""
        asked = set(words(question))
        vector = self._vector(features(words(question)), Counter())
        scores = [(cosine(vector, other), -at) for at, other in enumerate(self._vectors) if asked & self._words[at]]
        best = sorted(scores, reverse=True)[:most]
        least = max(LEAST_SCORE, best[0][0] * LEAST_OF_BEST) if best else LEAST_SCORE
        return [self.passages[-at] for score, at in best if score >= least]

    def _vector(self, text: Counter[int], above: Counter[int]) -> Vector:
        counts = {feature: text[feature] + HEADING_WEIGHT * above[feature] for feature in text.keys() | above.keys()}
        weighed = {feature: math.log1p(n) * self._idf.get(feature, self._unknown) for feature, n in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {feature: weight / length for feature, weight in weighed.items()}


def headings(passage: Passage) -> str:
    return f"{passage.title} {passage.section}"


def cosine(one: Vector, other: Vector) -> float:
    return sum(weight * other.get(feature, 0.0) for feature, weight in one.items())
