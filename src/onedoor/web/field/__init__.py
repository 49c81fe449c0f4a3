"""The field app `/field`: what the server gives of it. The app itself is `frontend/src/field`."""
