"""A reproducible order: by score to four decimals and, where these are equal, by position.

The last bits of a score depend on the processor and on what else is multiplied in the same product. With
rounded scores, every machine gives the same order, and adding or removing another essay does not change it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

DECIMALS = 4


def rounded(scores: ArrayLike) -> NDArray[np.float64]:
    """Scores to four decimals, in double precision."""
    # Adding 0 turns -0 into 0.
    return np.asarray(scores, dtype=np.float64).round(DECIMALS) + 0.0


def best_first(scores: ArrayLike, places: ArrayLike) -> NDArray[np.int64]:
    """Indices that sort scores, the highest first.

    Args:
        scores: The scores, rounded or not.
        places: Position of each scored item, for example of a passage; decides between equal rounded scores.
    """
    return np.lexsort((np.asarray(places), -rounded(scores)))
