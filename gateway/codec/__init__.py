"""FIX text to values and back."""
