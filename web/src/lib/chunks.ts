// What is not needed for the first screen of a room, and how it is loaded. Everything else is in the entry script.

import { Chunk, type AnyProps } from './state/chunk.svelte.ts';

const signedOut = () => import('../routes/signed-out.ts');
const dialogs = () => import('./rooms/dialogs.ts');

export const chunks = {
  signIn: new Chunk(async () => (await signedOut()).SignInScreen),
  register: new Chunk(async () => (await signedOut()).RegisterScreen),
  guest: new Chunk(async () => (await signedOut()).GuestScreen),
  setup: new Chunk(async () => (await signedOut()).SetupScreen),
  invite: new Chunk(async () => (await signedOut()).InviteScreen),
  browse: new Chunk(async () => (await import('../routes/BrowseScreen.svelte')).default),
  settings: new Chunk(async () => (await import('../routes/SettingsScreen.svelte')).default),
  preview: new Chunk(async () => (await import('../routes/RoomPreviewScreen.svelte')).default),
  roomInfo: new Chunk(async () => (await import('./members/RoomInfo.svelte')).default),
  switcher: new Chunk(async () => (await import('./rooms/QuickSwitcher.svelte')).default),
  createRoom: new Chunk(async () => (await dialogs()).CreateRoomDialog),
  editRoom: new Chunk(async () => (await dialogs()).EditRoomDialog),
  removeMessage: new Chunk(async () => (await dialogs()).RemoveMessageDialog),
  keys: new Chunk(async () => (await dialogs()).KeysDialog),
};

/** What somebody who is signed in may need at any moment, the likeliest first. */
export const forMembers: readonly Pick<Chunk<AnyProps>, 'prefetch'>[] = [
  chunks.switcher,
  chunks.roomInfo,
  chunks.removeMessage,
  chunks.createRoom,
  chunks.editRoom,
  chunks.keys,
  chunks.settings,
  chunks.browse,
  chunks.preview,
];
