"""pyimpspec's tr-nnls on real spectra, in its own environment: `by_pyimpspec.py drt DATA`; prints CPU seconds a spectrum as JSON."""

import json
import sys
import time

import numpy as np
from pyimpspec import DataSet
from pyimpspec.analysis.drt.tr_nnls import calculate_drt_tr_nnls

if __name__ == "__main__":
    rows = np.load(sys.argv[2])
    sets = [DataSet(frequencies=rows[0, 0].real, impedances=z) for z in rows[:, 1]]
    calculate_drt_tr_nnls(sets[0])
    out = {}
    for name, more in (("own", {}), ("given", {"lambda_value": 1e-3})):
        begun = time.process_time()
        for one in sets:
            calculate_drt_tr_nnls(one, **more)
        out[name] = {"seconds": (time.process_time() - begun) / len(sets)}
    print(json.dumps(out))
