"""What the kernel is measured beside, each as its own documentation would have it."""
