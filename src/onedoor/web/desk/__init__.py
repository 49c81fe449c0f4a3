"""The staff pages: parse, call a step or a query, show. No rule stands here."""
