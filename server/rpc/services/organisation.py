"""OrganisationService."""

from __future__ import annotations

from fieldwork.v1 import organisation_pb2 as pb
from fieldwork.v1.organisation_pb2_grpc import OrganisationServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Organisation
from server.rpc.call import caller_of, write
from server.rpc.convert.names import code
from server.rpc.convert.organisation import officer_message, shift_message, skill_grant, team_changes, team_message
from server.rpc.convert.times import date_range

_LONGEST_DAYS = 92


class OrganisationServicer(OrganisationServiceServicer):
    """Teams, officers, shifts."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    def GetTeam(self, request: pb.GetTeamRequest, context: ServicerContext) -> pb.Team:
        return team_message(self._organisation.get_team(caller_of(context), code(request.name)))

    def ListTeams(self, request: pb.ListTeamsRequest, context: ServicerContext) -> pb.ListTeamsResponse:
        page = Page(request.page_size, request.page_token)
        found = self._organisation.list_teams(caller_of(context), page)
        return pb.ListTeamsResponse(teams=map(team_message, found.items), next_page_token=found.next_token)

    def UpdateTeam(self, request: pb.UpdateTeamRequest, context: ServicerContext) -> pb.Team:
        team, changed = code(request.team.name), team_changes(request)
        return write(context, request, pb.Team, lambda key: self._organisation.update_team(key, team, changed), team_message)

    def GrantSkill(self, request: pb.GrantSkillRequest, context: ServicerContext) -> pb.Officer:
        grant = skill_grant(request)
        return write(context, request, pb.Officer, lambda key: self._organisation.grant_skill(key, grant), officer_message)

    def GetOfficer(self, request: pb.GetOfficerRequest, context: ServicerContext) -> pb.Officer:
        return officer_message(self._organisation.get_officer(caller_of(context), code(request.name)))

    def ListOfficers(self, request: pb.ListOfficersRequest, context: ServicerContext) -> pb.ListOfficersResponse:
        page = Page(request.page_size, request.page_token)
        found = self._organisation.list_officers(caller_of(context), page, code(request.team))
        return pb.ListOfficersResponse(officers=map(officer_message, found.items), next_page_token=found.next_token)

    def ListShifts(self, request: pb.ListShiftsRequest, context: ServicerContext) -> pb.ListShiftsResponse:
        start, end = date_range(request.start_date, request.end_date, _LONGEST_DAYS)
        shifts = self._organisation.list_shifts(caller_of(context), code(request.parent), start, end)
        return pb.ListShiftsResponse(shifts=map(shift_message, shifts))
