"""What is in a service, one module a kind."""
