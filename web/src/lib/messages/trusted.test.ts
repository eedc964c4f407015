import { expect, it } from 'vitest';
import { opensTab, plainText } from './trusted.ts';

it('opens other sites in a tab of their own, and nothing else', () => {
  const own = 'https://chat.example';
  const opens = (href: string) => opensTab(new URL(href), own);
  for (const href of [
    'https://elsewhere.example/a',
    'http://elsewhere.example',
    'HTTPS://ELSEWHERE.EXAMPLE',
    'http://chat.example',
    'https://chat.example:8443',
  ])
    expect(opens(href), href).toBe(true);
  for (const href of [
    'https://chat.example/r/salon?at=3',
    'https://chat.example:443',
    'mailto:ada@example.org',
    'MAILTO:ada@example.org?subject=Tea',
    'tel:+4930123',
    'sms:+4930123',
    'xmpp:ada@example.org',
  ])
    expect(opens(href), href).toBe(false);
});

it('says what a message says, without marks and with its breaks', () => {
  expect(plainText({ body: 'a  b' })).toBe('a  b');
  const html =
    '<p dir="auto">one<br>two <em>three</em></p><ul><li class="task" dir="auto">☑ a</li><li dir="auto">b</li></ul>' +
    '<table><thead><tr><th dir="auto">c</th><th dir="auto">d</th></tr></thead></table>';
  expect(plainText({ body: '', html }).split(/\s+/)).toEqual('one two three ☑ a b c d'.split(' '));
});
