"""Issuing a paper, withdrawing one, keeping the wording."""
