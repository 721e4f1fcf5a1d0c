"""The side towards clients over FIX: we are their sell side. Their orders are everybody's orders; only the words differ."""
