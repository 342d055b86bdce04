"""Essays whose structure is known, typeset in many layouts, and readers scored on the files.

``essay.py`` holds the nouns, ``sample.py`` and ``generated.py`` make the essays, ``latex.py``, ``office.py``,
``browser.py`` and ``scan.py`` set them, ``layouts.py`` lists the layouts, ``truth.py`` finds the page of each
passage, and ``scoring.py`` compares what a reader finds. The command is ``benchmarks/reading.py``.
"""
