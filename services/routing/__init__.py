"""Routing owns who answers a matter and by when.

It opens a case for each matter that it hears of. The station accepts it, with a suggestion by the
decision table beside it, and sends it to the grid, the community or the street; or declines it, or
hands it on. Whoever leads signs, reaches the resident, works and answers, on clocks that are
instants in the facts; who is late is urged. A matter follows its topic to the committee and the
council, and the resident's word closes it or has it worked on again. What handlers photograph lies
in its album.

Commands: accept-issue, add-progress, answer-issue, approve-answer, contact-reporter,
decline-issue, photos, route-issue, send-answer-back, sign-issue, start-work, transfer-out.
Streams: case, docket.
Hears: issue, meeting, directory.
"""
