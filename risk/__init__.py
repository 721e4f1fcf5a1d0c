"""What judges an order before it may leave: limits, checks and the numbers behind each verdict."""
