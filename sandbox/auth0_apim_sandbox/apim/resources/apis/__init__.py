"""APIs: their bodies, revisions, versions and operations, and the import of their documents."""
