"""Projects with others and what they hand over. Not the products and events themselves, which they name."""
