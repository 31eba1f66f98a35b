"""How the app is run in production: gunicorn, an image, Kubernetes."""
