"""The static export: the public site as files for any web host.

``site.Export`` crawls the site, ``links.Rewriter`` rewrites the links, ``folder.Folder`` writes the files, and
``index`` makes the file that the exported site searches and filters by.
"""
