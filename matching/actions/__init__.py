"""What happens in the market: observations are taken in, surges noticed, answers proposed and chosen."""

from matching.actions.calendar import announce_promotion, withdraw_promotion
from matching.actions.decisions import choose, reject, replan, replan_gone, try_again
from matching.actions.durations import set_durations
from matching.actions.economics import edit_economics, set_rate
from matching.actions.feed import feed_day, start_feed
from matching.actions.forecasts import judge_alarms, learn_from_forecasts, look_back, renew_forecasts
from matching.actions.intake import Summary, take_in
from matching.actions.market import dismiss_spike
from matching.actions.naming import map_product, name_in_chinese
from matching.actions.noticing import notice
from matching.actions.opportunities import (
    answer,
    answer_spikes,
    dismiss_opportunity,
    expire_opportunities,
    raise_opportunity,
)
from matching.actions.proposals import propose, propose_due
from matching.actions.reports import open_report

__all__ = [
    "Summary",
    "announce_promotion",
    "answer",
    "answer_spikes",
    "choose",
    "dismiss_opportunity",
    "dismiss_spike",
    "edit_economics",
    "expire_opportunities",
    "feed_day",
    "judge_alarms",
    "learn_from_forecasts",
    "look_back",
    "map_product",
    "name_in_chinese",
    "notice",
    "open_report",
    "propose",
    "propose_due",
    "raise_opportunity",
    "reject",
    "renew_forecasts",
    "replan",
    "replan_gone",
    "set_durations",
    "set_rate",
    "start_feed",
    "take_in",
    "try_again",
    "withdraw_promotion",
]
