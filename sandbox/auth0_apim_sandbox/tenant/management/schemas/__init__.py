"""JSON Schemas of the bodies and queries that the Management API takes, one module a resource."""
