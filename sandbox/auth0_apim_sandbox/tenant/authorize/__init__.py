"""The authorization endpoint: requests, transactions, consent, Universal Login, responses."""
