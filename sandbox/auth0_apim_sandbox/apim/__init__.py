"""Azure API Management on this machine: the resource manager, the gateway, and the tutorial's backend."""
