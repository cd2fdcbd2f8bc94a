"""What was done, to look back on: a theme's arc, who took part in which themes, and a city's year.

It loads and shows, and changes nothing. Not what is to come (programme), nor who did what when (trail).
"""
