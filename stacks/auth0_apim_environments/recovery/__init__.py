"""What a deployment that was killed has left in both services: found, and deleted."""
