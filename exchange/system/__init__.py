"""What the product needs of the system below: a start, files that are whole, words for what fails."""
