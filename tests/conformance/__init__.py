"""FIX Volume 4's order state matrices, played against the product."""
