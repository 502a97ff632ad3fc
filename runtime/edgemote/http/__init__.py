"""Bytes to an origin: HTTP/1.1, TLS, proxies, streams. Knows nothing of AWS."""
