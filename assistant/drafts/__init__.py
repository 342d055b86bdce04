"""A writer's draft -> its prose, its quotations and their citations; and a corrected copy of it."""
