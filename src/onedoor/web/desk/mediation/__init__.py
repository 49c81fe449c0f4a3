"""The mediator's pages: one case's mediation, what waits for him, and the rooms."""
