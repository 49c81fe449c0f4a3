"""What people in the hall do; one verb, one function, one transaction."""
