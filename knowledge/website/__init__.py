"""Website: a site read by its sitemap or its links."""
