"""Voices: what people ask, think and answer without a case: questions, opinions, surveys."""
