"""OpenAPI documents as API Management imports them: operations and their security requirements."""
