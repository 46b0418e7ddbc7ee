"""What the gateway knows of a call while it is served: the context of its policies, headers, and the answer on its way out."""
