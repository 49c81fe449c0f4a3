"""What mediators do; one verb, one function, one transaction."""
