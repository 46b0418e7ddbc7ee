"""Pulumi's engine on a project's stacks, and its failures as errors."""
