"""Career pathways: what was asked of whom, who is on the way, and who has completed a track."""
