"""Policy documents that check tokens: how they are written, and what they let through."""
