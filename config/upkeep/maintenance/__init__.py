"""What the admin does for the upkeep of the site: jobs in the background, their schedule, and the version."""
