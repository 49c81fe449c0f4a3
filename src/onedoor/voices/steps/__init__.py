"""What is done with questions, opinions and surveys; one verb, one function, one transaction."""
