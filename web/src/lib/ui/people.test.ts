import { expect, it } from 'vitest';
import { deviceName } from '../accounts/device.ts';
import { authorHue, initials } from './people.ts';

it('takes the first letters of the first and the last word', () => {
  expect(initials('Ada Lovelace')).toBe('AL');
  expect(initials('Gabriel José de la Concordia García')).toBe('GG');
  expect(initials('percy')).toBe('P');
  expect(initials('grace.hopper')).toBe('GH');
  expect(initials('  ')).toBe('');
  expect(initials('👩‍🚀 Sally')).toBe('👩‍🚀S');
});

it('leaves out what is neither letter nor digit nor picture', () => {
  const table: readonly (readonly [name: string, expected: string])[] = [
    ['Ada (admin)', 'AA'],
    ['ʻOkina', 'O'],
    ['ʻ', 'ʻ'],
    ['(Ada) [Lovelace]', 'AL'],
    ['"Bo" ‘Diddley’', 'BD'],
    ['¡Olé! ¿Qué?', 'OQ'],
    ['Ada |', 'A'],
    ['— Ada —', 'A'],
    ['@ada', 'A'],
    ['Agent 007', 'A0'],
    ['«Жанна» (д’Арк)', 'ЖД'],
    ['李雷', '李'],
    ['हिन्दी भाषा', 'हिभा'],
    ['עדה (מנהלת)', 'עמ'],
    // A mark of its own belongs to its letter.
    ['(e\u0301mile) zola', 'E\u0301Z'],
    ['🏳️‍🌈 (they)', '🏳️‍🌈T'],
    ['(👩🏽‍💻) dev', '👩🏽‍💻D'],
    ['🇩🇪 Team', '🇩🇪T'],
    ['☕️', '☕️'],
    ['1️⃣ first', '1️⃣F'],
    ['ß-Girl', 'ßG'],
    ['ნინო', 'ნ'],
    ['???', '?'],
  ];
  for (const [name, expected] of table) expect(initials(name), name).toBe(expected);
});

it('gives everybody one of eight colours, spread evenly', () => {
  const counts = new Array<number>(8).fill(0);
  for (let index = 0; index < 800; index += 1) {
    const hue = authorHue(`usr_${index.toString(32)}`);
    counts[hue] = (counts[hue] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(60);
  expect(authorHue('usr_1')).toBe(authorHue('usr_1'));
});

it('names a device by what its browser says', () => {
  expect(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe(
    'Firefox · Linux',
  );
  expect(
    deviceName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604',
    ),
  ).toBe('Safari · iPhone');
  expect(deviceName('backup-bot 1.2')).toBe('backup-bot 1.2');
  expect(deviceName('')).not.toBe('');
});
