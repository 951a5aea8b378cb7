"""The scheduler: jobs that run by themselves, one process at a time, each when it is due."""
