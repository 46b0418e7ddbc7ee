"""The command line `auth0-apim`: one module a command."""
