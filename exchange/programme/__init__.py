"""The programme: the year as a picture and as a list, for whoever looks."""
