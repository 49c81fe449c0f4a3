"""Named reads of questions, opinions and surveys."""
