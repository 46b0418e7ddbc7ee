"""Nothing: what `pulumi up` costs by itself."""
