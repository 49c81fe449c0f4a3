"""What an administrator does to divisions, units, accounts and posts: one verb, one function."""
