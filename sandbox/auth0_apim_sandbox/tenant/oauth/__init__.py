"""What the endpoints of the Authentication API share: parameters, errors, URLs that clients allow, signed tokens."""
