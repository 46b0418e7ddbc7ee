"""The two services over HTTP: signing in, trying again, reading what there is, and telling what failed."""
