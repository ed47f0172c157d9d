"""Ways to reach the team: mail, webhooks, comments on the forge."""
