"""A small trade for the kernel's tests: books are lent, cards count loans, the post writes letters.

Three services in a ring: `library` tells loans, `cards` hears them and tells who has too many,
`post` hears both and writes letters; `library` hears of blocked cards.
"""
