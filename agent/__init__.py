"""Language: what we ask the model, what stands in for it, and how we check what it says."""
