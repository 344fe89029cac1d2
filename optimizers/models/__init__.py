"""One file per model: `evaluate(problem, solution, realisations=None) -> Evaluation`."""
