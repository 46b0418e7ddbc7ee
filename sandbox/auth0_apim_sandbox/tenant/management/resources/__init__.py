"""The resources of the Management API, one module a resource."""
