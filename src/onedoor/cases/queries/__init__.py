"""Named reads. Each takes the viewer; `gate.py` is the only way from a request to a case."""
