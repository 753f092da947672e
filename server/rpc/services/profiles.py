"""ProfileService."""

from __future__ import annotations

from fieldwork.v1 import profiles_pb2 as pb
from fieldwork.v1.profiles_pb2_grpc import ProfileServiceServicer
from grpc import ServicerContext

from server.domain.paging import Page
from server.rpc.application import Profiles
from server.rpc.call import caller_of, write
from server.rpc.convert.names import code
from server.rpc.convert.profiles import profile, profile_message


class ProfileServicer(ProfileServiceServicer):
    """What changes at a peak."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles

    def UpsertProfile(self, request: pb.UpsertProfileRequest, context: ServicerContext) -> pb.Profile:
        return write(
            context,
            request,
            pb.Profile,
            lambda key: self._profiles.upsert(key, profile(request.profile), request.profile.etag),
            profile_message,
        )

    def GetProfile(self, request: pb.GetProfileRequest, context: ServicerContext) -> pb.Profile:
        return profile_message(self._profiles.get(caller_of(context), code(request.name)))

    def ListProfiles(self, request: pb.ListProfilesRequest, context: ServicerContext) -> pb.ListProfilesResponse:
        found = self._profiles.list(caller_of(context), Page(request.page_size, request.page_token))
        return pb.ListProfilesResponse(profiles=map(profile_message, found.items), next_page_token=found.next_token)

    def DeleteProfile(self, request: pb.DeleteProfileRequest, context: ServicerContext) -> pb.DeleteProfileResponse:
        return write(
            context,
            request,
            pb.DeleteProfileResponse,
            lambda key: self._profiles.delete(key, code(request.name), request.etag),
            lambda _: pb.DeleteProfileResponse(),
        )

    def ActivateProfile(self, request: pb.ActivateProfileRequest, context: ServicerContext) -> pb.Profile:
        return write(
            context,
            request,
            pb.Profile,
            lambda key: self._profiles.activate(key, code(request.name), request.reason),
            profile_message,
        )

    def DeactivateProfile(self, request: pb.DeactivateProfileRequest, context: ServicerContext) -> pb.Profile:
        return write(
            context,
            request,
            pb.Profile,
            lambda key: self._profiles.deactivate(key, code(request.name), request.reason),
            profile_message,
        )
