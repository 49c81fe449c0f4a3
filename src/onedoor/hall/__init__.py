"""The hall: what happens before, beside and without a case."""
