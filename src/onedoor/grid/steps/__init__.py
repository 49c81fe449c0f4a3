"""What the field does; one verb, one function, one transaction."""
