"""What the sockets' tests need before the application is imported."""

from django.conf import settings

# The application looks for collected static files as it starts.
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
