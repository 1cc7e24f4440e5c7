"""The least that Django and Channels need; LAYER names a Redis, or there is none."""

import os

SECRET_KEY = "only-for-a-bench-on-this-machine"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["daphne", "channels"]
ROOT_URLCONF = "bench.signalling.tutorial.asgi"
ASGI_APPLICATION = "bench.signalling.tutorial.asgi.application"
USE_TZ = True

_REDIS = os.environ.get("LAYER", "")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_REDIS]},
    }
    if _REDIS
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
