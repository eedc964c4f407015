// The dialogs about rooms and messages: one chunk, since each of them is small.

export { default as RemoveMessageDialog } from '../messages/RemoveMessageDialog.svelte';
export { default as CopyDialog } from '../ui/CopyDialog.svelte';
export { default as KeysDialog } from '../ui/KeysDialog.svelte';
export { default as CreateRoomDialog } from './CreateRoomDialog.svelte';
export { default as EditRoomDialog } from './EditRoomDialog.svelte';
