"""The vocabulary of orders and the rules of one order's life: pure values and functions."""
