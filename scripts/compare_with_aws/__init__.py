"""How the real ECR and S3 answer, beside what the simulator does: scripts/compare-with-aws."""
