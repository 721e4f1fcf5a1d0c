"""The proof: unit tests mirror the packages, integration tests start real parts, house tests keep the rules."""
