"""Fault drills: what must hold when networks break and servers die."""
