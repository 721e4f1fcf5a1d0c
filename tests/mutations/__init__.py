"""Every rule of the order model, broken on purpose: `make mutate-orders` shows that a test notices each."""
