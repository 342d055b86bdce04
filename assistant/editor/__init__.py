"""The language server: checks drafts in an editor while they are written, and completes quotations."""
