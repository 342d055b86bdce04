"""What the library finds and holds, as JSON objects and as text for a terminal.

Text for a terminal is for reading: printed words are wrapped at spaces and never changed.
"""
