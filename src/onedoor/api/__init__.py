"""HTTP and JSON: parse, call a step or a query, answer. No rule lives here."""
