"""A tenant's state: its documents and the ways to find them, its ids, its keys, its clock."""
