"""Meetings owns what a council deliberates: topics and meetings.

A liaison lays a topic before the Party committee, which alone approves, rejects or defers it. About
an approved one a conference is drafted, seated, noticed in time, checked in and recorded item by
item; a talk in the street is recorded afterwards. It hears of matters, so that nobody deliberates
one of elsewhere, and tells what was decided and held.

Commands: approve-topic, check-in, decide-item, defer-topic, draft-meeting, end-meeting,
invite-participant, notice-meeting, propose-topic, record-instant-meeting, reject-topic,
submit-topic.
Streams: meeting, topic.
Hears: issue, directory.
"""
