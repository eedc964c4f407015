// Generated from crates/parlor-protocol by `cargo xtask codegen`: do not edit.

/**
 * A person as the others see them.
 */
export type User = { 
/**
 * `usr_…`
 */
id: string, 
/**
 * The name to sign in with and to be mentioned by.
 */
username: string, 
/**
 * The name that stands beside messages.
 */
display_name: string, 
/**
 * `guest`, `member`, `admin` or `owner`.
 */
role: string, 
/**
 * RFC 3339, UTC.
 */
created_at: string, };

/**
 * Oneself.
 */
export type CurrentUser = { 
/**
 * Oneself.
 */
user: User, };

/**
 * Whether one is signed in.
 */
export type PresentSession = { 
/**
 * Oneself; absent without a valid session.
 */
user?: User, };

/**
 * Some people.
 */
export type UserList = { 
/**
 * Those among the asked for that one may see, in no particular order.
 */
users: Array<User>, };

/**
 * Makes an account.
 */
export type Register = { 
/**
 * 2 to 32 letters with their marks, digits and `.`, `_`, `-`, in one script; kept in lower case. Some are reserved.
 */
username: string, 
/**
 * 8 to 1024 characters.
 */
password: string, 
/**
 * 1 to 64 characters; the username if absent.
 */
display_name?: string, 
/**
 * The code of an invitation, where registration needs one. Its room is joined at once.
 */
invite?: string, 
/**
 * The token of the one-time setup link: makes the owner.
 */
setup_token?: string, 
/**
 * True to get the session as a cookie that scripts can't read, instead of a token.
 */
cookie?: boolean, };

/**
 * Signs in.
 */
export type Login = { 
/**
 * The name.
 */
username: string, 
/**
 * The password.
 */
password: string, 
/**
 * True to get the session as a cookie that scripts can't read, instead of a token.
 */
cookie?: boolean, };

/**
 * Enters without an account.
 */
export type EnterAsGuest = { 
/**
 * 1 to 64 characters.
 */
display_name: string, 
/**
 * The code of an invitation, where guests need one. Its room is joined at once.
 */
invite?: string, 
/**
 * True to get the session as a cookie that scripts can't read, instead of a token.
 */
cookie?: boolean, };

/**
 * Makes the guest that asks an account, which keeps the name and the history.
 */
export type UpgradeGuest = { 
/**
 * As in registration.
 */
username: string, 
/**
 * As in registration.
 */
password: string, 
/**
 * As in registration; not needed by a guest that an invitation let in.
 */
invite?: string, };

/**
 * Changes one's profile. Absent fields stay.
 */
export type UpdateProfile = { 
/**
 * 1 to 64 characters.
 */
display_name?: string, };

/**
 * Changes one's password. Every other session ends.
 */
export type ChangePassword = { 
/**
 * The present one.
 */
current_password: string, 
/**
 * 8 to 1024 characters.
 */
new_password: string, };

/**
 * The answer to registration, sign-in and entering as a guest.
 */
export type SignedIn = { 
/**
 * The credential for `Authorization: Bearer` and for `hello`. Absent where a cookie was asked for.
 */
token?: string, 
/**
 * Oneself.
 */
user: User, 
/**
 * The room that the invitation opened.
 */
room?: Room, };

/**
 * What a stranger may know of the server.
 */
export type ServerInfo = { 
/**
 * What the people who run it call it; `Parlor` where they gave it no name.
 */
name: string, 
/**
 * The version of the software.
 */
version: string, 
/**
 * Who may register: `open`, `invite` or `closed`.
 */
registration: string, 
/**
 * Who may enter as a guest: `open`, `invite` or `off`.
 */
guests: string, 
/**
 * True until the owner's account exists.
 */
setup_needed: boolean, 
/**
 * The longest message, in bytes of UTF-8.
 */
max_body_bytes: number, };

/**
 * One of one's signed-in devices.
 */
export type Session = { 
/**
 * `ses_…`
 */
id: string, 
/**
 * What the device called itself.
 */
label: string, 
/**
 * RFC 3339, UTC.
 */
created_at: string, 
/**
 * RFC 3339, UTC; to the minute.
 */
last_seen_at: string, 
/**
 * RFC 3339, UTC.
 */
expires_at: string, 
/**
 * True for the session that asks.
 */
current: boolean, };

/**
 * One's signed-in devices.
 */
export type SessionList = { 
/**
 * The newest first.
 */
sessions: Array<Session>, 
/**
 * Where the next page begins (`after`); absent on the last.
 */
next?: string, };

/**
 * A room as one user sees it.
 */
export type Room = { 
/**
 * `rm_…`
 */
id: string, 
/**
 * The address: `/r/<slug>`.
 */
slug: string, 
/**
 * The name in lists and headings.
 */
name: string, 
/**
 * `public` or `private`.
 */
kind: string, 
/**
 * What it is about; may be empty.
 */
topic: string, 
/**
 * The `seq` of the newest change.
 */
head: number, 
/**
 * Belongs to every position in this room that is learned now: remember it with the position, and send both to go on
 * from there. It differs from one start of the server to the next, and positions outlive that.
 */
epoch: number, 
/**
 * How many members it has.
 */
member_count: number, 
/**
 * One's own role in it: `owner`, `moderator` or `member`; absent if one isn't in it.
 */
role?: string, 
/**
 * Set if one may read here and not write. A mute whose `until` has passed is over, though it may still stand here.
 */
muted?: Muted, 
/**
 * Everything up to here one has read, on whichever device; only for oneself. Absent if that is not known.
 */
read?: number, 
/**
 * RFC 3339, UTC.
 */
created_at: string, };

/**
 * Some rooms.
 */
export type RoomList = { 
/**
 * By name.
 */
rooms: Array<Room>, 
/**
 * Where the next page begins (`after`); absent on the last.
 */
next?: string, };

/**
 * Makes a room.
 */
export type CreateRoom = { 
/**
 * 1 to 64 characters; the names of public rooms are unique.
 */
name: string, 
/**
 * `public` or `private`.
 */
kind: string, 
/**
 * Up to 250 characters.
 */
topic?: string, };

/**
 * Changes a room. Absent fields stay.
 */
export type UpdateRoom = { 
/**
 * As in making one.
 */
name?: string, 
/**
 * As in making one.
 */
topic?: string, };

/**
 * Says how far one has read in a room.
 */
export type MarkRead = { 
/**
 * Everything up to here. What lies beyond the newest change counts as that one.
 */
seq: number, };

/**
 * How far one has read in a room.
 */
export type ReadPosition = { 
/**
 * Everything up to here. It never goes back.
 */
seq: number, };

/**
 * A user in a room.
 */
export type Member = { 
/**
 * Who.
 */
user: User, 
/**
 * `owner`, `moderator` or `member`.
 */
role: string, 
/**
 * False once they have left.
 */
active: boolean, 
/**
 * RFC 3339, UTC.
 */
joined_at: string, 
/**
 * Set if they may read here and not write. A mute whose `until` has passed is over, though it may still stand here.
 */
muted?: Muted, 
/**
 * True if they are connected now; only in lists that were asked for.
 */
online?: boolean, };

/**
 * A page of a room's members.
 */
export type MemberPage = { 
/**
 * In a stable order.
 */
members: Array<Member>, 
/**
 * Where the next page begins (`after`); absent on the last.
 */
next?: string, };

/**
 * Somebody may read in a room and not write.
 */
export type Muted = { 
/**
 * Since when, RFC 3339, UTC. It names the mute: another one of the same person has another.
 */
since: string, 
/**
 * Until when, RFC 3339, UTC; until somebody ends it, if absent.
 */
until?: string, 
/**
 * Why, if that was said; only for those who keep order in the room, and for the one it is about.
 */
reason?: string, 
/**
 * Who decided it, `usr_…`; only for those who keep order in the room.
 */
by?: string, };

/**
 * Mutes a member.
 */
export type MuteMember = { 
/**
 * For how many seconds, 1 to 315360000; until somebody ends it, if absent.
 */
duration?: number, 
/**
 * Why, up to 250 characters. The muted person reads it.
 */
reason?: string, };

/**
 * A message as it is now.
 */
export type Message = { 
/**
 * `msg_…`
 */
id: string, 
/**
 * Its place in the room, for ever.
 */
seq: number, 
/**
 * `usr_…`
 */
author: string, 
/**
 * `action` for something done (`/me waves`); absent for something said.
 */
kind?: string, 
/**
 * What was said, in Markdown, exactly as it was sent. Empty for a deleted message.
 */
body: string, 
/**
 * The same as safe HTML, in the dialect of `docs/markdown.md`. Absent if it would be the text itself, escaped, in
 * one paragraph. Each block has a `dir` of its own; code may have a class `language-…`, and an item `task`. Runs
 * of blanks count: show them.
 */
html?: string, 
/**
 * The sender's name for the send.
 */
nonce?: string, 
/**
 * The message it answers.
 */
reply_to?: string, 
/**
 * RFC 3339, UTC.
 */
sent_at: string, 
/**
 * RFC 3339, UTC; only if it was edited.
 */
edited_at?: string, 
/**
 * RFC 3339, UTC; only if it was deleted.
 */
deleted_at?: string, };

/**
 * Says something in a room.
 */
export type SendMessage = { 
/**
 * Markdown. `/me waves` is an action; a text that begins with `//` loses the first slash.
 */
body: string, 
/**
 * 1 to 64 visible ASCII characters. A repeat returns the first result.
 */
nonce?: string, 
/**
 * The message it answers, in the same room.
 */
reply_to?: string, };

/**
 * Changes one's words.
 */
export type EditMessage = { 
/**
 * Markdown.
 */
body: string, };

/**
 * A message has its place, on disk.
 */
export type Sent = { 
/**
 * `msg_…`
 */
id: string, 
/**
 * Its place in the room.
 */
seq: number, };

/**
 * A page of a room's history.
 */
export type History = { 
/**
 * Ascending by `seq`.
 */
messages: Array<Message>, 
/**
 * True if the page would be too large: there may be more messages where it ends early.
 */
cut?: boolean, 
/**
 * The `seq` of the room's newest change.
 */
head: number, 
/**
 * The authors of the messages.
 */
users: Array<User>, };

/**
 * Makes an invitation link.
 */
export type CreateInvite = { 
/**
 * Seconds until it stops working, 60 to 31 536 000; absent for never.
 */
expires_in?: number, 
/**
 * How many people it lets in, 1 to 100 000; absent for any number.
 */
max_uses?: number, };

/**
 * An invitation, without its code.
 */
export type Invite = { 
/**
 * `inv_…`
 */
id: string, 
/**
 * `usr_…`
 */
created_by: string, 
/**
 * RFC 3339, UTC.
 */
created_at: string, 
/**
 * RFC 3339, UTC.
 */
expires_at?: string, 
/**
 * How many people it lets in.
 */
max_uses?: number, 
/**
 * How many it has let in.
 */
uses: number, 
/**
 * True if it would let somebody in now.
 */
open: boolean, };

/**
 * A new invitation. The code is shown this once.
 */
export type CreatedInvite = { 
/**
 * The invitation.
 */
invite: Invite, 
/**
 * The secret.
 */
code: string, 
/**
 * The link to hand out, relative to the server: `/invite#<code>`.
 */
path: string, };

/**
 * A room's invitations.
 */
export type InviteList = { 
/**
 * The newest first.
 */
invites: Array<Invite>, 
/**
 * Where the next page begins (`after`); absent on the last.
 */
next?: string, };

/**
 * Asks where an invitation leads, without using it.
 */
export type InspectInvite = { 
/**
 * The secret.
 */
code: string, };

/**
 * Where an invitation leads.
 */
export type InvitePreview = { 
/**
 * The room's name.
 */
room_name: string, 
/**
 * The room's address.
 */
room_slug: string, 
/**
 * Who invites.
 */
invited_by: string, 
/**
 * How many people are in the room.
 */
member_count: number, };

/**
 * Uses an invitation while signed in.
 */
export type AcceptInvite = { 
/**
 * The secret.
 */
code: string, };

/**
 * Why something was refused.
 */
export type Error = { 
/**
 * What programs go by.
 */
code: ErrorCode, 
/**
 * What people read.
 */
message: string, 
/**
 * What exactly, where there is more to say.
 */
details?: ErrorDetails, 
/**
 * Seconds until it is worth trying again.
 */
retry_after?: number, };

/**
 * More on an error.
 */
export type ErrorDetails = { 
/**
 * The field that was not acceptable.
 */
field?: string, 
/**
 * The limit that was passed.
 */
limit?: number, 
/**
 * Why those who keep order decided it, if they said so.
 */
reason?: string, 
/**
 * What to tell the people who run the server.
 */
incident?: string, };

/**
 * What programs go by.
 */
export type ErrorCode = "bad_request" | "unknown_type" | "invalid_field" | "too_large" | "body_too_long" | "body_empty" | "unknown_command" | "hello_expected" | "no_such_path" | "method_not_allowed" | "unauthenticated" | "wrong_credentials" | "registration_needs_invite" | "registration_closed" | "guests_need_invite" | "guests_closed" | "invite_invalid" | "setup_token_invalid" | "not_a_guest" | "origin_forbidden" | "not_found" | "forbidden" | "name_taken" | "name_confusable" | "muted" | "rate_limited" | "busy" | "unavailable" | "internal";

/**
 * `hello`: the first frame of a connection.
 */
export type Hello = { 
/**
 * The credential, where neither a cookie nor a header brought one.
 */
token?: string, 
/**
 * What the client has already: what it missed since comes after `ready`.
 */
resume?: Array<ResumePosition>, 
/**
 * Which rooms' events the connection gets; those of all rooms if absent.
 */
follow?: Follow, };

/**
 * Which rooms' events a connection gets.
 */
export type Follow = "all" | "opened";

/**
 * How far a client has followed a room.
 */
export type ResumePosition = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * Everything up to here is known.
 */
seq: number, 
/**
 * The room's epoch when that was learned. Without it, a server whose data was restored from a backup can't tell
 * that the position is void.
 */
epoch?: number, };

/**
 * `message.send`: says something. Answered by `Sent`, once it is on disk.
 */
export type MessageSend = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * Markdown. `/me waves` is an action; a text that begins with `//` loses the first slash.
 */
body: string, 
/**
 * 1 to 64 visible ASCII characters. A repeat returns the first result.
 */
nonce?: string, 
/**
 * The message it answers, in the same room.
 */
reply_to?: string, };

/**
 * `message.edit`: changes one's words. Answered by `Changed`.
 */
export type MessageEdit = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * `msg_…`
 */
id: string, 
/**
 * Markdown.
 */
body: string, };

/**
 * `message.delete`: leaves a tombstone. Answered by `Changed`.
 */
export type MessageDelete = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * `msg_…`
 */
id: string, };

/**
 * `member.mute`: lets a member read in a room and not write. Answered by `Changed`.
 */
export type MemberMute = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * `usr_…`
 */
user: string, 
/**
 * For how many seconds, 1 to 315360000; until somebody ends it, if absent.
 */
duration?: number, 
/**
 * Why, up to 250 characters. The muted person reads it.
 */
reason?: string, };

/**
 * `member.unmute`, `member.kick`: which member of a room. Answered by `Changed`.
 */
export type MemberTarget = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * `usr_…`
 */
user: string, };

/**
 * `room.join`, `room.leave`, `room.close`, `presence.watch`, `presence.unwatch`: which room.
 */
export type RoomTarget = { 
/**
 * `rm_…`
 */
room: string, };

/**
 * `room.open`: from now on a room's events come. Answered by `Opened`. What happened after `seq` comes first, as
 * `room.changes` or `room.reset`.
 */
export type RoomOpen = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * Everything up to here is known. If absent, events begin after the `head` of the answer.
 */
seq?: number, 
/**
 * The room's epoch when that was learned. Without it, a server whose data was restored from a backup can't tell
 * that the position is void.
 */
epoch?: number, };

/**
 * `room.read`: says how far one has read. Answered by `ReadPosition`.
 */
export type RoomRead = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * Everything up to here. What lies beyond the newest change counts as that one.
 */
seq: number, };

/**
 * A room is open.
 */
export type Opened = { 
/**
 * The `seq` of its newest change.
 */
head: number, 
/**
 * Its epoch.
 */
epoch: number, };

/**
 * The answer to `ping`.
 */
export type Pong = { 
/**
 * What time it is at the server, RFC 3339, UTC.
 */
now: string, };

/**
 * A change has its place, on disk.
 */
export type Changed = { 
/**
 * Its place in the room.
 */
seq: number, };

/**
 * Who one is, and the rooms one is in.
 */
export type Ready = { 
/**
 * Oneself.
 */
user: User, 
/**
 * The rooms, each with its head: the position from which live events go on.
 */
rooms: Array<Room>, 
/**
 * What time it is at the server, RFC 3339, UTC. Whatever ends at a time ends by this clock, not by the
 * client's own. Older servers do not say it; the answer to `ping` says it again.
 */
now?: string, 
/**
 * `opened` if the connection follows opened rooms alone, as its `hello` asked; else absent, and the events of
 * all rooms come.
 */
follow?: Follow, };

/**
 * What changed in a room between two positions, as it is now.
 */
export type Changes = { 
/**
 * Messages that were made, edited or deleted, by their own `seq`.
 */
messages: Array<Message>, 
/**
 * Members that came, changed or left.
 */
members: Array<Member>, 
/**
 * The authors of the messages.
 */
users: Array<User>, 
/**
 * The room, if its name or topic changed.
 */
room?: Room, };

/**
 * Where a room is now.
 */
export type Reset = { 
/**
 * The `seq` of the newest change.
 */
head: number, 
/**
 * The room's epoch.
 */
epoch: number, };

/**
 * Who is connected.
 */
export type Presence = { 
/**
 * `usr_…`, those who are.
 */
online: Array<string>, 
/**
 * `usr_…`, those who no longer are.
 */
offline: Array<string>, };

/**
 * Rooms that are not open and moved on.
 */
export type Heads = { 
/**
 * One entry a room.
 */
heads: Array<Head>, };

/**
 * How far a room is that is not open.
 */
export type Head = { 
/**
 * `rm_…`
 */
room: string, 
/**
 * The `seq` of its newest change.
 */
head: number, 
/**
 * How many messages were made in it since this connection was last told, or since `ready`.
 */
messages: number, 
/**
 * The `seq` of the newest of them; absent if there is none.
 */
newest?: number, 
/**
 * Its author, `usr_…`.
 */
by?: string, };

/**
 * One frame from the server.
 */
export type ServerFrame = { "type": "ready", 
/**
 * The `ref` of the `hello`.
 */
ref?: number, 
/**
 * Who one is and where.
 */
data: Ready, } | { "type": "ok", 
/**
 * The `ref` of the command.
 */
ref?: number, 
/**
 * What the command answers.
 */
data: unknown, } | { "type": "error", 
/**
 * The `ref` of the command, where it could be read.
 */
ref?: number, 
/**
 * Why.
 */
error: Error, } | { "type": "message.created", 
/**
 * `rm_…`
 */
room: string, 
/**
 * Its place in the room.
 */
seq: number, 
/**
 * The message.
 */
data: Message, } | { "type": "message.edited", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The place of the change.
 */
seq: number, 
/**
 * The message as it is now.
 */
data: Message, } | { "type": "message.deleted", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The place of the change.
 */
seq: number, 
/**
 * The tombstone.
 */
data: Message, } | { "type": "member.joined", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The place of the change.
 */
seq: number, 
/**
 * Who.
 */
data: Member, } | { "type": "member.left", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The place of the change.
 */
seq: number, 
/**
 * Who.
 */
data: Member, } | { "type": "member.updated", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The place of the change.
 */
seq: number, 
/**
 * The member as it is now.
 */
data: Member, } | { "type": "room.updated", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The place of the change.
 */
seq: number, 
/**
 * The room as it is now, without one's own role in it.
 */
data: Room, } | { "type": "room.changes", 
/**
 * `rm_…`
 */
room: string, 
/**
 * The position that the page continues.
 */
from: number, 
/**
 * The position after it.
 */
to: number, 
/**
 * What changed.
 */
data: Changes, } | { "type": "room.reset", 
/**
 * `rm_…`
 */
room: string, 
/**
 * Where it is now.
 */
data: Reset, } | { "type": "room.joined", 
/**
 * The room.
 */
data: Room, } | { "type": "room.left", 
/**
 * `rm_…`
 */
room: string, } | { "type": "room.read", 
/**
 * `rm_…`
 */
room: string, 
/**
 * Up to where.
 */
data: ReadPosition, } | { "type": "presence.changed", 
/**
 * `rm_…`
 */
room: string, 
/**
 * Who.
 */
data: Presence, } | { "type": "heads.changed", 
/**
 * How far they are.
 */
data: Heads, };

/** Close codes from here on mean: don't come back before something changed. */
export const STAY_AWAY_FROM = 4500;

/** The subprotocol of the compact binary encoding. */
export const BINARY_SUBPROTOCOL = 'parlor.v1.msgpack';

/** The subprotocol of JSON, which is also what comes without one. */
export const JSON_SUBPROTOCOL = 'parlor.v1.json';
