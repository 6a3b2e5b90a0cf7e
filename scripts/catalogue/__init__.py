"""Parts of scripts/fetch_catalogue.py: private apt, parsers of Debian's formats, output."""
