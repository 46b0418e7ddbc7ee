"""What a service says about its calls, read from the resource manager's documents: APIs and operations, products, backends, diagnostics."""
