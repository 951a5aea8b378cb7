"""Training from elsewhere: evidence of earlier learning and work, its review, and what it counts for."""
