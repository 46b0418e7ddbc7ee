"""Going on after a deployment that was killed, where objects carry no marks of their stack."""
