// What is loaded beside the entry script: a screen when it is opened, most of the rest as soon as there is time. A room is
// fetched while it is found out who one is, so that nobody waits for it.

import { Chunk, type AnyProps } from './state/chunk.svelte.ts';

const signedOut = () => import('../routes/signed-out.ts');
const rooms = () => import('../routes/room.ts');
const dialogs = () => import('./rooms/dialogs.ts');

export const chunks = {
  signIn: new Chunk(async () => (await signedOut()).SignInScreen),
  register: new Chunk(async () => (await signedOut()).RegisterScreen),
  guest: new Chunk(async () => (await signedOut()).GuestScreen),
  setup: new Chunk(async () => (await signedOut()).SetupScreen),
  invitation: new Chunk(async () => (await signedOut()).InviteScreen),
  browse: new Chunk(async () => (await import('../routes/BrowseScreen.svelte')).default),
  settings: new Chunk(async () => (await import('../routes/SettingsScreen.svelte')).default),
  room: new Chunk(async () => (await rooms()).RoomScreen),
  preview: new Chunk(async () => (await rooms()).RoomPreviewScreen),
  roomInfo: new Chunk(async () => (await import('./members/RoomInfo.svelte')).default),
  switcher: new Chunk(async () => (await import('./rooms/QuickSwitcher.svelte')).default),
  createRoom: new Chunk(async () => (await dialogs()).CreateRoomDialog),
  editRoom: new Chunk(async () => (await dialogs()).EditRoomDialog),
  removeMessage: new Chunk(async () => (await dialogs()).RemoveMessageDialog),
  invite: new Chunk(async () => (await import('./members/InviteDialog.svelte')).default),
  ownerSteps: new Chunk(async () => (await import('./rooms/OwnerSteps.svelte')).default),
  copy: new Chunk(async () => (await dialogs()).CopyDialog),
  keys: new Chunk(async () => (await dialogs()).KeysDialog),
};

/** What somebody who is signed in may need at any moment, the likeliest first. */
export const forMembers: readonly Pick<Chunk<AnyProps>, 'prefetch'>[] = [
  chunks.room,
  chunks.switcher,
  chunks.roomInfo,
  chunks.removeMessage,
  chunks.createRoom,
  chunks.editRoom,
  chunks.invite,
  chunks.keys,
  chunks.settings,
  chunks.browse,
];
