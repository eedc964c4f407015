// What the package offers.

export { backoff, BACKOFF_BASE, BACKOFF_CAP } from './backoff.ts';
export { ParlorClient, type ClientEvents, type ParlorClientOptions, type PresenceState } from './client.ts';
export type { ConnectionStatus, EndReason } from './connection.ts';
export {
  browserStorage,
  type Environment,
  type Hint,
  type KeyValueStorage,
  type WebSocketLike,
} from './environment.ts';
export { asParlorError, isTransient, ParlorError, type ClientErrorCode } from './errors.ts';
export type { HeadNews } from './following.ts';
export { Emitter, Value, type Readable } from './observable.ts';
export { OUTBOX_MAXIMUM, type PendingMessage, type PendingState } from './outbox.ts';
export {
  API_PREFIX,
  Rest,
  type ChangesAnswer,
  type ChangesPage,
  type ChangesReset,
  type HistoryQuery,
} from './rest.ts';
export { PAGE, RoomHandle, rowKey, rowsOf, type Row } from './room.ts';
export {
  apply,
  applyAndTell,
  closed,
  gapOf,
  initialRoom,
  isMuted,
  opened,
  withHead,
  withRoom,
} from './room-state.ts';
export type { PlacedFrame, RoomFrame, RoomState } from './room-state.ts';
export { literally, makeNonce, readsAsCommand } from './text.ts';
export { WINDOW_MAXIMUM, type Timeline } from './timeline.ts';
export type * from './protocol.ts';
export type { Error as WireError } from './protocol.ts';
