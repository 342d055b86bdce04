"""A draft -> its problems: quotations and citations checked against essays; and a corrected copy."""
