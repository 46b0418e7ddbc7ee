"""What an `applicationinsights` diagnostic writes down about calls, and its way to the ingestion endpoint."""
