"""What each view needs: the guard, the request's values, forms, filters, headers and limits. No pages."""
