"""How much demand follows a surge, with intervals. Pure: values in, quantiles out."""

from matching.demand.forecast import PROBABILITIES, Forecast, forecast

__all__ = ["PROBABILITIES", "Forecast", "forecast"]
