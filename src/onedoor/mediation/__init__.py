"""Mediation: from both sides' consent over sessions and a signed agreement to a kept promise."""
