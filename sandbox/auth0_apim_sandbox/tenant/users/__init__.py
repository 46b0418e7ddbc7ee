"""Users of database connections: accounts, passwords, imports, custom databases."""
