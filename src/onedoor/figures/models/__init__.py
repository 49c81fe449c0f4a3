"""What the figures hold."""
