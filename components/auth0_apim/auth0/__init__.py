"""Components of an Auth0 tenant: APIs, clients, database connections, users and roles."""
