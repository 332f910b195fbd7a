"""What station staff and handlers see: the queue, their matters, and one matter with its clocks."""
