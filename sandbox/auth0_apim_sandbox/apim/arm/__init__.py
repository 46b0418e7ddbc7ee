"""How Azure's resource manager answers: requests, errors, bodies, lists, long-running operations, and what every kind of resource has."""
