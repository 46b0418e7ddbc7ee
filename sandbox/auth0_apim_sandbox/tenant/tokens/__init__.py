"""The token endpoint: who calls it, a module for each grant, the tokens that it issues."""
