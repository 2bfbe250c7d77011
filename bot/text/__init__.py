"""Text: what people, models and documents wrote, read into pieces that each platform draws its own way."""
