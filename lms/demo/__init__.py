"""The demonstration: invented people and organizations, loaded through the same services as real ones."""
