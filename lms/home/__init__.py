"""The pages that gather features for one reader: a worker's next step and record, a supervisor's team, the office."""
