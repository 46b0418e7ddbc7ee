"""The command line `auth0-apim`: one module for each command."""
