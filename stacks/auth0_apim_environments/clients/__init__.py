"""The two services over HTTP: credentials, retries, reading, and errors."""
