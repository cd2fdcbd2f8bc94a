"""Who was asked what, who has answered, and by which link. Below the capabilities: letters need it, too."""
