"""Policies that change the message: headers, body, status, address."""
