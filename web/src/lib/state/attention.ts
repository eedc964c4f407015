// What the tab shows from afar: its title, and a lamp behind the door when something is unread.

import { t } from '../i18n/index.ts';

export function showAttention(title: string, unread: number): void {
  document.title = unread === 0 ? title : t.app.unreadTitle(unread, title);
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const href = unread === 0 ? '/favicon.svg' : '/favicon-unread.svg';
  if (icon && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
}
