"""Whose turn the annual report, conference and exercise were and are. It guesses no year and writes none."""
