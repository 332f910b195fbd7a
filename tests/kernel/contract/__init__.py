"""What the kernel promises, once each: on a broker in this process and on Kafka alike, services
running as they do in earnest, on a real PostgreSQL."""
