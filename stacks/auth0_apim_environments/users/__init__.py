"""The import of existing users into an environment's database."""
