"""API Management services, and the resource groups and identities that they are made with."""
