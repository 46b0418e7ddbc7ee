"""Components of Azure API Management: services, APIs, products and policies."""
