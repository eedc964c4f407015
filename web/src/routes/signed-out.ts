// The screens of those who are not signed in: one chunk, since whoever sees one of them often goes on to another.

export { default as GuestScreen } from './GuestScreen.svelte';
export { default as InviteScreen } from './InviteScreen.svelte';
export { default as RegisterScreen } from './RegisterScreen.svelte';
export { default as SetupScreen } from './SetupScreen.svelte';
export { default as SignInScreen } from './SignInScreen.svelte';
