"""A draft -> its problems: its quotations and their citations, checked against essays; and a fixed copy."""
