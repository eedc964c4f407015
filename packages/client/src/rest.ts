// Every HTTP call of the server, typed. It keeps no state but the credential that its owner gives, and repeats nothing.

import { ParlorError } from './errors.ts';
import type * as Wire from './protocol.ts';
import { toJson } from './text.ts';

/** Where the HTTP interface begins. */
export const API_PREFIX = '/api/v1';

/** Which part of a room's history: at most one cursor; none is the newest. */
export interface HistoryQuery {
  limit?: number;
  before?: number;
  after?: number;
  around?: number;
}

/** What changed in a room after `from`, up to `to`; if that is less than `head`, there is more. */
export interface ChangesPage {
  type: 'room.changes';
  room: string;
  from: number;
  to: number;
  /** The `seq` of the room's newest change. */
  head: number;
  /** The epoch of the positions in it. */
  epoch: number;
  data: Wire.Changes;
}

/** The position that was asked from is void, as the server's data was restored from a backup. */
export interface ChangesReset {
  type: 'room.reset';
  room: string;
  data: Wire.Reset;
}

export type ChangesAnswer = ChangesPage | ChangesReset;

type Query = Record<string, string | number | undefined>;

export interface RestOptions {
  /** The server's address; empty for the page's own. */
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  /** The bearer token to send, if any. */
  token: () => string | null;
  /** Told of every refusal, before the caller is. */
  onError: (error: ParlorError) => void;
}

export class Rest {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  server = (): Promise<Wire.ServerInfo> => this.#get('/server');
  register = (body: Wire.Register): Promise<Wire.SignedIn> => this.#call('POST', '/auth/register', body);
  login = (body: Wire.Login): Promise<Wire.SignedIn> => this.#call('POST', '/auth/login', body);
  guest = (body: Wire.EnterAsGuest): Promise<Wire.SignedIn> => this.#call('POST', '/auth/guest', body);
  logout = (): Promise<void> => this.#call('POST', '/auth/logout');

  /** Whether one is signed in: no error where one is not, as it is for `me`. */
  session = (): Promise<Wire.PresentSession> => this.#get('/auth/session');
  me = (): Promise<Wire.CurrentUser> => this.#get('/me');
  updateProfile = (body: Wire.UpdateProfile): Promise<Wire.CurrentUser> => this.#call('PATCH', '/me', body);
  upgrade = (body: Wire.UpgradeGuest): Promise<Wire.SignedIn> => this.#call('POST', '/me/upgrade', body);
  changePassword = (body: Wire.ChangePassword): Promise<void> => this.#call('POST', '/me/password', body);
  sessions = (query: { after?: string; limit?: number } = {}): Promise<Wire.SessionList> =>
    this.#get('/sessions', { ...query });
  endSession = (id: string): Promise<void> => this.#call('DELETE', `/sessions/${segment(id)}`);
  /** At most 100 at once. */
  users = (ids: readonly string[]): Promise<Wire.UserList> => this.#get('/users', { ids: ids.join(',') });

  rooms = (query: { scope?: 'public'; after?: string; limit?: number } = {}): Promise<Wire.RoomList> =>
    this.#get('/rooms', { ...query });
  createRoom = (body: Wire.CreateRoom): Promise<Wire.Room> => this.#call('POST', '/rooms', body);
  room = (id: string): Promise<Wire.Room> => this.#get(room(id));
  roomBySlug = (slug: string): Promise<Wire.Room> => this.#get(`/rooms/by-slug/${segment(slug)}`);
  updateRoom = (id: string, body: Wire.UpdateRoom): Promise<Wire.Room> => this.#call('PATCH', room(id), body);
  joinRoom = (id: string): Promise<Wire.Room> => this.#call('POST', room(id, '/join'));
  leaveRoom = (id: string): Promise<void> => this.#call('POST', room(id, '/leave'));
  /** Says how far one has read, for all of one's devices. The answer says where that is now. */
  markRead = (id: string, seq: number): Promise<Wire.ReadPosition> =>
    this.#call('PUT', room(id, '/read'), { seq });
  members = (id: string, query: { after?: string; limit?: number } = {}): Promise<Wire.MemberPage> =>
    this.#get(room(id, '/members'), { ...query });
  /** Lets a member read and not write: for a time, or until somebody ends it. A mute that lies on them is replaced. */
  muteMember = (id: string, user: string, body: Wire.MuteMember = {}): Promise<Wire.Member> =>
    this.#call('POST', member(id, user, '/mute'), body);
  unmuteMember = (id: string, user: string): Promise<void> => this.#call('POST', member(id, user, '/unmute'));
  kickMember = (id: string, user: string): Promise<void> => this.#call('POST', member(id, user, '/kick'));

  sendMessage = (id: string, body: Wire.SendMessage): Promise<Wire.Message> =>
    this.#call('POST', room(id, '/messages'), body);
  history = (id: string, query: HistoryQuery = {}): Promise<Wire.History> =>
    this.#get(room(id, '/messages'), { ...query });
  editMessage = (id: string, message: string, body: Wire.EditMessage): Promise<Wire.Message> =>
    this.#call('PATCH', room(id, `/messages/${segment(message)}`), body);
  deleteMessage = (id: string, message: string): Promise<void> =>
    this.#call('DELETE', room(id, `/messages/${segment(message)}`));
  changes = (id: string, after: number, epoch?: number, limit?: number): Promise<ChangesAnswer> =>
    this.#get(room(id, '/changes'), { after, epoch, limit });

  invites = (id: string, query: { after?: string; limit?: number } = {}): Promise<Wire.InviteList> =>
    this.#get(room(id, '/invites'), { ...query });
  createInvite = (id: string, body: Wire.CreateInvite = {}): Promise<Wire.CreatedInvite> =>
    this.#call('POST', room(id, '/invites'), body);
  revokeInvite = (id: string, invite: string): Promise<void> =>
    this.#call('DELETE', room(id, `/invites/${segment(invite)}`));
  inspectInvite = (code: string): Promise<Wire.InvitePreview> =>
    this.#call('POST', '/invites/inspect', { code });
  acceptInvite = (code: string): Promise<Wire.Room> => this.#call('POST', '/invites/accept', { code });

  #get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    const pairs = Object.entries(query).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    );
    const search = new URLSearchParams(pairs).toString();
    return this.#call('GET', search ? `${path}?${search}` : path);
  }

  async #call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    try {
      return await this.#exchange<Answer>(method, path, body);
    } catch (error) {
      if (error instanceof ParlorError) this.#options.onError(error);
      throw error;
    }
  }

  async #exchange<Answer>(method: string, path: string, body: unknown): Promise<Answer> {
    const { baseUrl, fetch, token } = this.#options;
    const bearer = token();
    let response: Response;
    try {
      response = await fetch(`${baseUrl}${API_PREFIX}${path}`, {
        method,
        credentials: bearer === null ? 'same-origin' : 'omit',
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        },
        ...(body !== undefined && { body: toJson(body) }),
      });
    } catch (error) {
      throw new ParlorError(
        'network',
        error instanceof Error ? error.message : 'The server could not be reached.',
      );
    }
    return read<Answer>(response);
  }
}

/** A part of a path. Half of a surrogate pair would throw: it becomes U+FFFD, and the server finds nothing of that name. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function room(id: string, rest = ''): string {
  return `/rooms/${segment(id)}${rest}`;
}

function member(id: string, user: string, rest: string): string {
  return room(id, `/members/${segment(user)}${rest}`);
}

async function read<Answer>(response: Response): Promise<Answer> {
  const text = await response.text().catch(() => '');
  if (response.ok && text === '') return undefined as Answer;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unreadable(response);
  }
  if (response.ok) return parsed as Answer;
  if (!isWireError(parsed)) throw unreadable(response);
  const error = ParlorError.fromWire(parsed, response.status);
  throw error.retryAfter === undefined ? withHeader(error, response) : error;
}

/** A proxy may answer in the server's place: its 5xx means that the server is away, anything else is not understood. */
function unreadable(response: Response): ParlorError {
  const away = response.status >= 502 && response.status <= 504;
  const code = away ? 'network' : 'bad_response';
  return withHeader(
    new ParlorError(code, `The server answered ${response.status} in a form that is not understood.`, {
      status: response.status,
    }),
    response,
  );
}

function withHeader(error: ParlorError, response: Response): ParlorError {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  if (!Number.isFinite(seconds)) return error;
  return new ParlorError(error.code, error.message, {
    retryAfter: seconds,
    ...(error.details && { details: error.details }),
    ...(error.status !== undefined && { status: error.status }),
  });
}

function isWireError(value: unknown): value is Wire.Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Wire.Error).code === 'string' &&
    typeof (value as Wire.Error).message === 'string'
  );
}
