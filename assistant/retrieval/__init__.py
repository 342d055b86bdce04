"""From a question to ranked passages and their answering sentences."""

import os

# Set before numpy and onnxruntime are imported. A question's products are small: a second thread of OpenBLAS
# takes 30 MB and makes them slower wherever something else is at work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Nothing leaves the machine: some builds of ONNX Runtime report their use and keep a session file for it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
