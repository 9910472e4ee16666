"""Gradient-boosted trees, evaluated in Python."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence, Union

#: A leaf's value, or (feature, threshold, tree where `row[feature] <= threshold`, tree elsewhere).
Tree = Union[float, tuple]


@dataclass(frozen=True)
class Forest:
    #: Tells one training from another.
    model_version: str
    #: The probability from which the verdict is "late".
    threshold: float
    feature_names: tuple[str, ...]
    base: float
    trees: Sequence[Tree]

    def probability(self, row: Sequence[float]) -> float:
        """
        :param row: one float32 for each name in `feature_names`: thresholds are float32 too, and a value between two
            of them would fall to the other side of its own rounding
        """
        log_odds = self.base
        for node in self.trees:
            while node.__class__ is tuple:
                feature, threshold, low, high = node
                node = low if row[feature] <= threshold else high
            log_odds += node
        return sigmoid(log_odds)


def sigmoid(value: float) -> float:
    """Without overflow at either end."""
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    odds = math.exp(value)
    return odds / (1 + odds)
