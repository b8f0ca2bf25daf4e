"""Addresses of the firms room."""

from django.urls import path

from firms.api import me
from firms.views import capacity, console, firm, join, keys, mail, offers, people, person, reputation, saved

app_name = "firms"
OF = "firm/<uuid:key>/"
urlpatterns = [
    path("firms/join/", join.join, name="join"),
    path("firms/join/check/", join.check, name="check"),
    path("firms/join/<slug:name>/", join.step, name="join-step"),
    path("firms/invited/<str:secret>/", people.invited, name="invited"),
    path("views/<slug:table>/save/", saved.save, name="save-view"),
    path("views/<int:view_id>/drop/", saved.drop, name="drop-view"),
    path("views/<int:view_id>/restore/", saved.restore, name="restore-view"),
    path("firm/", firm.firms, name="firms"),
    path("firm/me/", person.me, name="person"),
    path("firm/mail/", mail.mail, name="mail"),
    path("mail/stop/<str:token>/", mail.stop, name="stop-mail"),
    path("firm/tokens/", person.tokens, name="tokens"),
    path("firm/tokens/<int:token_id>/revoke/", person.revoke_token, name="revoke-token"),
    path(OF, firm.firm, name="firm"),
    path(OF + "change/", firm.change, name="change"),
    path(OF + "sites/", firm.sites, name="sites"),
    path(OF + "sites/<int:site_id>/remove/", firm.remove_site, name="remove-site"),
    path(OF + "members/", people.members, name="members"),
    path(OF + "members/<int:member_id>/end/", people.end_member, name="end-member"),
    path(
        OF + "members/invitations/<int:invitation_id>/withdraw/",
        people.withdraw_invitation,
        name="withdraw-invitation",
    ),
    path(OF + "keys/", keys.keys, name="keys"),
    path(OF + "keys/<int:key_id>/challenge/", keys.challenge, name="key-challenge"),
    path(OF + "keys/<int:key_id>/prove/", keys.prove, name="prove-key"),
    path(OF + "keys/<int:key_id>/revoke/", keys.revoke, name="revoke-key"),
    path(OF + "capacity/", capacity.capacity, name="capacity"),
    path(OF + "capacity/<int:line_id>/", capacity.line, name="line"),
    path(OF + "reputation/", reputation.reputation, name="reputation"),
    path(OF + "reputation/<int:observation_id>/appeal/", reputation.appeal, name="appeal"),
    path(OF + "<slug:page>/", offers.offers, name="offers"),
    path(OF + "<slug:page>/add/", offers.add, name="add"),
    path(OF + "<slug:page>/<int:row_id>/change/", offers.change, name="change-offer"),
    path(OF + "<slug:page>/<int:row_id>/withdraw/", offers.withdraw, name="withdraw-offer"),
    path("console/firms/", console.firms, name="console"),
    path("console/firms/<uuid:key>/", console.firm, name="console-firm"),
    path("console/firms/<uuid:key>/verify/", console.verify, name="verify"),
    path("console/firms/<uuid:key>/refuse/", console.refuse, name="refuse"),
    path("console/firms/<uuid:key>/suspend/", console.suspend, name="suspend"),
    path("console/appeals/", reputation.appeals, name="appeals"),
    path("console/appeals/<int:appeal_id>/uphold/", reputation.uphold, name="uphold-appeal"),
    path("console/appeals/<int:appeal_id>/dismiss/", reputation.dismiss, name="dismiss-appeal"),
    path("api/me/", me.me, name="me"),
]
