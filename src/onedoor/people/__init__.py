"""Who there is: divisions, units, posts, accounts, sign-in, and the log of who looked at what."""
