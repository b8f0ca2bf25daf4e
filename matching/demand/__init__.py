"""How much demand follows a surge, with intervals. Pure: values in, quantiles out."""

from matching.demand.calibration import Calibration
from matching.demand.forecast import ALIVE, PROBABILITIES, Forecast, forecast
from matching.demand.network import Kind

__all__ = ["ALIVE", "PROBABILITIES", "Calibration", "Forecast", "Kind", "forecast"]
