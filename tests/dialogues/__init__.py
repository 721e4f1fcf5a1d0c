"""FIX conversations as they are written down, and what plays them."""
