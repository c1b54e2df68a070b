"""Attachments: tus uploads, what becomes of their bytes, and who may see them."""
