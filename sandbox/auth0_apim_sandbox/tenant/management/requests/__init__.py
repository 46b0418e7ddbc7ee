"""What all resources of the Management API share: endpoints, scopes, checks, pages, errors."""
