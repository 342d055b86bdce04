"""From a question to ranked passages and their answering sentences."""

import os

# Before anybody imports numpy. A question's products are small: a second thread of OpenBLAS takes 30 MB and
# makes them slower wherever something else is at work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
