"""The way in for requests and sockets: what an ASGI server runs."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

# only now can models be imported
from alliances.routing import sockets  # noqa: E402

application = ProtocolTypeRouter({"http": django_application, "websocket": sockets})
