"""Who was at meetings as figures, how long that is kept, and who was named to come. It decides nothing."""
