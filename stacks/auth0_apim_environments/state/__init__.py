"""The backend of a project's state: its documents, locks and leases."""
