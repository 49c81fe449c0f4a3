"""The full demo county: 澜平县 in the size of a real one, with matters at every stage."""
