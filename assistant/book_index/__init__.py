"""Essays -> the index of their names, works, quoted authors and terms, as the back of a book has it."""
