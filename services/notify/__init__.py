"""Notify owns who is told of what, how, and whether it arrived.

It hears of matters, meetings, topics and seats; of each row of domain.md 9 it makes an announcement
with the list of whom it concerns, and for each of them a notice. Staff find theirs in the console's
inbox and on their desk; residents get a text message, for which it asks their number of intake as
the message leaves. It opens no sealed text: it has no key for any.

Commands: read-notice.
Streams: announcement, notice, reminder.
Hears: issue, meeting, directory.
"""
