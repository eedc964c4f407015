// A room, from inside and from outside: one chunk, since both are made of the same rows.

export { default as RoomPreviewScreen } from './RoomPreviewScreen.svelte';
export { default as RoomScreen } from './RoomScreen.svelte';
