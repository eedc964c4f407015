// Putting a text into the clipboard, also where the page is not served securely.

/**
 * Copies a text; false if the browser does not allow it. Pages on plain http have no `navigator.clipboard`: there the
 * older way of a selected field is tried, which needs no more than the click or key that asks for it.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Absent on plain http, whatever its type says.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // Forbidden by the person or by a policy: the older way asks nobody.
  }
  return copyBySelection(text);
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.setAttribute('aria-hidden', 'true');
  field.className = 'hidden-visually';
  // What lies outside of an open dialog can't be focused, and only what is focused is copied.
  const dialogs = document.querySelectorAll('dialog[open]');
  ([...dialogs].at(-1) ?? document.body).append(field);
  try {
    field.focus({ preventScroll: true });
    field.select();
    // The only way where there is no Clipboard API; browsers keep it for that.
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
