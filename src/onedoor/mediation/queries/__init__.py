"""What is read of mediation; each takes the viewer, and asks the gate."""
