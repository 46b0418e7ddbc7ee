"""What the Pulumi engine needs on this machine: itself, a Python language host, and the sandbox's provider endpoints."""
