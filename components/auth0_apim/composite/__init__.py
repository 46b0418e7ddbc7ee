"""ProtectedApi: the components of an API and its guard as one."""
