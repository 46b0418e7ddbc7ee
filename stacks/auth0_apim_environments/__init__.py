"""Environments of a guarded API: typed settings, verification, and the command line."""
