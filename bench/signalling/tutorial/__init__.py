"""Where the tutorials of Channels lead to: a consumer, groups, a layer; to compare."""
