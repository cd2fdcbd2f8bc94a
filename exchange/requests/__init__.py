"""What people ask for by public forms, followed by a link; rights over data stay in personal_data."""
