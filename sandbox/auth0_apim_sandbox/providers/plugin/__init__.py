"""The engine's side of a provider: the gRPC service, plans, schemas, property values."""
