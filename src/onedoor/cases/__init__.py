"""The record: a case, everything that hangs on it, its moves and its reads."""
