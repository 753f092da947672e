"""Cases."""

from __future__ import annotations

from collections.abc import Iterable

from fieldwork.v1 import cases_pb2 as pb

from server.domain.case import Case, CaseDocument, CaseFilter, CaseState
from server.rpc.convert.common import case_message as reference_message
from server.rpc.convert.common import case_ref


def case_message(case: Case) -> pb.Case:
    """Return a case as a message."""
    return pb.Case(
        name=case.name,
        reference=reference_message(case.reference),
        type=case.kind,
        display_name=case.title,
        state=pb.Case.State.Value(f"STATE_{case.state.value}"),
        brief=brief_messages(case.brief),
        documents=document_messages(case.documents),
        etag=case.etag,
    )


def brief_messages(brief: Iterable[tuple[str, str]]) -> list[pb.Case.BriefItem]:
    """Return the lines of a brief."""
    return [pb.Case.BriefItem(label=label, text=text) for label, text in brief]


def document_messages(documents: Iterable[CaseDocument]) -> list[pb.CaseDocument]:
    """Return documents as messages."""
    return [pb.CaseDocument(id=one.id, title=one.title, url=one.url) for one in documents]


def case(message: pb.Case) -> Case:
    """Return the case to record."""
    return Case(
        id=0,
        reference=case_ref(message.reference),
        kind=message.type,
        state=_state_of(message.state),
        title=message.display_name,
        brief=tuple((item.label, item.text) for item in message.brief),
        documents=tuple(CaseDocument(one.id, one.title, one.url) for one in message.documents),
    )


def case_filter(message: pb.ListCasesRequest) -> CaseFilter:
    """Return which cases are asked for."""
    return CaseFilter(
        case_ref(message.reference) if message.HasField("reference") else None,
        message.system,
        _state_of(message.state) if message.state else None,
    )


def _state_of(state: pb.Case.State.ValueType) -> CaseState:
    return CaseState(pb.Case.State.Name(state).removeprefix("STATE_"))
