"""Several environments at once: deployed at the same time by the Automation API, and compared."""
