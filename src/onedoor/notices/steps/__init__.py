"""What is done with notices; one verb, one function, one transaction."""
