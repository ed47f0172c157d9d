"""Train the reader of proofreading on the texts of tests/replies/proofreading.

    python bench/train_proofreading.py             # writes runner/replies/proofreading/reader.txt
    python bench/train_proofreading.py --measure   # leaves each batch out in turn, writes nothing

Needs `pip install -e .[training]`.  Equal texts, equal file, on one version of scikit-learn.
"""

import sys
from collections import Counter
from itertools import groupby
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from proofreading import RULES, Text, digest_of_texts, read_texts
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from runner.replies.proofreading.features import digest_of_classes, read_features, read_passages
from runner.replies.proofreading.reader import KINDS, Reader, render_reader
from runner.replies.proofreading.rules import find_said
from runner.replies.proofreading.sentences import read_sentences
from runner.replies.proofreading.shown import find_shown

FILE = Path(__file__).parent.parent / "runner" / "replies" / "proofreading" / "reader.txt"
OWN = dict(zip(KINDS, ("promises", "unlawful", "personal"), strict=True))
SEED = 7
LEAST_ROWS = 2
"""Passages that a feature must be in."""
LOOSENESS = 200.0
"""Inverse strength of regularisation."""
USUAL = 6.0
"""The rareness (natural logarithm) that weighs a feature as it is; some 1 in 400 passages."""
LEAST_WEIGHT = 40
"""Hundredths; what weighs less for each kind is left out of the file."""
UNSEEN = frozenset({
    "16-trade", "17-outings", "18-manners", "19-everyday", "20-quotidien", "21-daily", "22-pairs",
    "23-agents-and-owners", "24-hosts-and-shops",
    "25-offres", "26-offers", "27-commitments", "28-care",
})  # fmt: skip
"""Batches that no rule was mended by: they say how rules and reader go together."""
BONUS = (100, 100, 100)
"""Hundredths that count for a rule that fits; chosen on those."""


class Passages:
    """All passages of some texts: what each shows, and which text it is of."""

    def __init__(self, texts: list[Text]) -> None:
        shown = [
            (nth, read_features(passage))
            for nth, each in enumerate(texts)
            for passage in read_passages(each.text, read_sentences(each.text))
        ]
        self.text = np.array([nth for nth, _ in shown])
        seen = Counter(name for _, features in shown for name in features)
        self.names = sorted(name for name, times in seen.items() if times >= LEAST_ROWS)
        self.rareness = {name: log(len(shown) / seen[name]) / USUAL for name in self.names}
        column = {name: at for at, name in enumerate(self.names)}
        rows, columns, values = [], [], []
        for row, (_, features) in enumerate(shown):
            length = sum(counts * counts for counts in features.values()) ** 0.5
            for name, counts in sorted(features.items()):
                if name in column:
                    rows.append(row)
                    columns.append(column[name])
                    # What is everywhere says little of anything (inverse document frequency).
                    values.append(counts / length * self.rareness[name])
        self.matrix = csr_matrix((values, (rows, columns)), shape=(len(shown), len(self.names)))


def wanted(texts: list[Text], kind: str) -> Any:
    """Return 1 for texts of a kind, 0 for others, -1 for those that may be either."""
    return np.array([
        int(each.wanted) if each.kind == OWN[kind] else 0 if each.tells(OWN[kind]) else -1
        for each in texts
    ])  # fmt: skip


def fit(passages: Passages, goal: Any, rows: Any) -> Any:
    """Return a reader of some passages.

    Of a text that is of the kind one passage says so: at first all count in part, then the one
    that the first reader takes for it.
    """
    own = goal[passages.text[rows]]
    others = rows[own == 0]
    groups = [list(each) for _, each in groupby(rows[own == 1], key=lambda row: passages.text[row])]
    said = np.array([row for each in groups for row in each])
    parts = np.array([1 / len(each) for each in groups for _ in each])
    reader = _reader(passages, said, others, parts)
    sums = reader.decision_function(passages.matrix)
    said = np.array([max(each, key=lambda row: sums[row]) for each in groups])
    return _reader(passages, said, others, np.ones(len(said)))


def _reader(passages: Passages, said: Any, others: Any, parts: Any) -> Any:
    reader = LogisticRegression(
        C=LOOSENESS, solver="liblinear", dual=True, tol=1e-2, max_iter=300, random_state=SEED
    )
    return reader.fit(
        passages.matrix[np.concatenate([said, others])],
        np.concatenate([np.ones(len(said)), np.zeros(len(others))]),
        sample_weight=np.concatenate([parts, np.ones(len(others))]),
    )


def leave_batches_out(texts: list[Text], passages: Passages, kind: str) -> Any:
    """Return for each text how much it is like a kind to a reader that never saw its batch."""
    goal = wanted(texts, kind)
    batch = np.array([each.batch for each in texts])
    likeness = np.full(len(texts), -9.0)
    for one in sorted(set(batch)):
        left_out = batch[passages.text] == one
        reader = fit(passages, goal, np.flatnonzero(~left_out))
        sums = reader.decision_function(passages.matrix[left_out])
        np.fmax.at(likeness, passages.text[left_out], sums)
    return likeness


def best_bound(likeness: Any, goal: Any) -> float:
    """Return the bound with the best mean (F1) of precision and recall."""
    tried = np.arange(-300, 300, 5) / 100
    return float(max(tried, key=lambda bound: (_f1(likeness > bound, goal == 1), bound)))


def _f1(found: Any, own: Any) -> float:
    return float(2 * (found & own).sum() / max(1, found.sum() + own.sum()))


def measured(found: Any, own: Any) -> str:
    hits = (found & own).sum()
    return f"{hits / max(1, own.sum()):.2f} / {hits / max(1, found.sum()):.2f}"


def ruled(text: str) -> frozenset[str]:
    """Return the rules that fit a text, whatever the reader makes of it."""
    said = {each.rule for each in find_said(read_sentences(text))}
    return frozenset(said | ({"personal-data-shown"} if find_shown(text) else set()))


def write(passages: Passages, readers: list[Any], bounds: list[int]) -> None:
    rareness = np.array([passages.rareness[name] for name in passages.names])
    found = np.vstack([each.coef_ for each in readers]) * rareness
    table = np.rint(found.T * 100).astype(int)
    table[np.abs(table) < LEAST_WEIGHT] = 0
    weights = {
        name: tuple(map(int, row))
        for name, row in zip(passages.names, table, strict=True)
        if row.any()
    }
    base = tuple(round(float(each.intercept_[0]) * 100) for each in readers)
    facts = {"texts": digest_of_texts(), "classes": digest_of_classes(), "seed": str(SEED)}
    FILE.write_text(render_reader(Reader(weights, base, tuple(bounds), BONUS), facts), "utf-8")


def main() -> None:
    texts = list(read_texts())
    passages = Passages(texts)
    rules = [ruled(each.text) for each in texts]
    places = [(each.batch, each.locale) for each in texts]
    readers, bounds = [], []
    for at, kind in enumerate(KINDS):
        goal = wanted(texts, kind)
        fitting = np.array([bool(each & RULES[OWN[kind]]) for each in rules])
        alone = leave_batches_out(texts, passages, kind)
        both = alone + fitting * BONUS[at] / 100
        unseen = np.array([batch in UNSEEN for batch, _ in places])
        honest = np.where(unseen, both, alone)
        bound = best_bound(honest[goal >= 0], goal[goal >= 0])
        bounds.append(round(bound * 100))
        readers.append(fit(passages, goal, np.arange(len(passages.text))))
        print(f"{kind:26} recall / precision of both, the reader, the rules")
        for place in [*dict.fromkeys(places), ("all", "fr"), ("all", "en")]:
            some = (goal >= 0) & np.array([
                locale == place[1] and place[0] in {batch, "all"} for batch, locale in places
            ])  # fmt: skip
            found = (both > bound, alone > bound, fitting)
            figures = "  ".join(measured(each[some], goal[some] == 1) for each in found)
            print(f"  {place[0]:20} {place[1]}  {figures}")
    if "--measure" not in sys.argv:
        write(passages, readers, bounds)


if __name__ == "__main__":
    main()
