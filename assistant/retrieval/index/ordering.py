"""The order of what has scores: to four decimals and, where they are equal there, by place.

The last bits of a score depend on the processor and on what else is multiplied in the same product. Rounded,
two machines give one order, and so does one library before and after another essay came or went.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

DECIMALS = 4


def rounded(scores: ArrayLike) -> NDArray[np.float64]:
    """Scores to four decimals, in double precision."""
    # Nought is added so that none is -0.
    return np.asarray(scores, dtype=np.float64).round(DECIMALS) + 0.0


def best_first(scores: ArrayLike, places: ArrayLike) -> NDArray[np.int64]:
    """The order of some scores.

    Args:
        scores: The scores, rounded or not.
        places: Place of each one's owner, such as a passage; decides where rounded scores are equal.

    Returns:
        Where each stands among those given, the highest score first.
    """
    return np.lexsort((np.asarray(places), -rounded(scores)))
