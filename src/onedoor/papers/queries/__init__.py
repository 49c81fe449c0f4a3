"""What is read of papers."""
