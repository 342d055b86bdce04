"""What other programs may ask, whichever way they come: plain HTTP, Gradio's API, or MCP."""
