"""Departments and community-based organizations: where they serve, who works there, what they may see."""
