"""Parts of what one person takes along, each in words, and how it is taken."""
