"""Build the graphs that the program runs from the weights of the installed model.

    python training/graphs.py                                  the embedding model, 23 KB
    python training/graphs.py --adapter adapter.safetensors    the cross-encoder with its adapter

The weights stay in the model's package; a graph refers to them by their position.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from minilm_graph import build_graph, read_places
from safetensors.numpy import load_file

from assistant.retrieval.models import cross_encoder, onnx
from assistant.retrieval.models.weights import WEIGHTS, check_default_weights, default_folder


def main() -> None:
    """Write one of the graphs into the package."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--adapter", type=Path, help="trained adapter; without it, the embedding model is written"
    )
    options = parser.parse_args()
    check_default_weights(default_folder(), whole=True)
    adapter = load_file(options.adapter) if options.adapter else None
    path = cross_encoder.GRAPH if adapter else onnx.GRAPH
    graph = build_graph(read_places(default_folder() / WEIGHTS), adapter)
    path.write_bytes(graph)
    print(f"{path.name}: {len(graph):,} bytes")


if __name__ == "__main__":
    main()
