"""The house rules, as tests: what a reviewer would otherwise have to say again and again."""
