"""Rules that the inputs of several components share."""
