"""The public site as files that any static host serves: ``site.Export`` makes them, the others each know one thing."""
