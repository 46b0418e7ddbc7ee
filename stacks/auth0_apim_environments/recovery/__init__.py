"""Recovery from a deployment that was interrupted: the resources that it left outside the stack's state."""
