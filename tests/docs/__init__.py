"""The pages of docs/ say what is true: their code runs, and what they list is there."""
