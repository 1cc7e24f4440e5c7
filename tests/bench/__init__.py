"""The arithmetic of the benches; what they measure is theirs to say."""
