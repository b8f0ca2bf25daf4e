"""Addresses of the matching room."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from matching.api import Signals
from matching.views import called, market, opportunities, promotions, proposals, what_if, why_not

app_name = "matching"
ONE = "opportunities/<uuid:key>/"
urlpatterns = [
    path("api/signals/", Signals.as_view(), name="api-signals"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="matching:api-schema", template_name="matching/api_docs.html"
        ),
        name="api-docs",
    ),
    path("console/", market.overview, name="overview"),
    path("console/signals/", market.signals, name="signals"),
    path("console/products/<slug:key>/map/", market.map_product, name="map-product"),
    path("console/promotions/", promotions.promotions, name="promotions"),
    path("console/promotions/<int:promotion_id>/withdraw/", promotions.withdraw, name="withdraw-promotion"),
    path("console/spikes/", market.spikes, name="spikes"),
    path("console/spikes/<int:spike_id>/", market.spike, name="spike"),
    path("console/spikes/<int:spike_id>/dismiss/", market.dismiss_spike, name="dismiss-spike"),
    path("console/opportunities/", opportunities.opportunities, name="opportunities"),
    path("console/opportunities/raise/", opportunities.raise_by_hand, name="raise"),
    path(ONE, opportunities.opportunity, name="opportunity"),
    path(ONE + "dismiss/", opportunities.dismiss, name="dismiss"),
    path(ONE + "propose/", opportunities.try_again, name="propose"),
    path(ONE + "economics/<str:market>/", opportunities.economics, name="economics"),
    path("firms/<uuid:key>/called/", called.called, name="called"),
    path("firms/<uuid:key>/why-not/", why_not.why_not, name="why-not"),
    path(ONE + "what-if/", what_if.play, name="what-if"),
    path("console/proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:key>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:key>/risk/", proposals.risk, name="risk"),
]
