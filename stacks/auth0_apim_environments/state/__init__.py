"""The backend of a project's state: its documents, locks, leases and secrets providers."""
