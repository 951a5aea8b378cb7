"""Matching: each thing on the left gets one of those on the right. Stored: `("left=right", ...)`, sorted."""
