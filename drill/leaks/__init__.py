"""The matrix of who may know what: every address, every kind of person, every kind of secret."""
