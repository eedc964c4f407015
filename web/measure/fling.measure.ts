// How smoothly one flings through a long room: 20,000 messages of many kinds, 400 CSS pixels a frame, up and down again.
// Prints the times between frames and what the browser spent its time with.
//
// npm run measure -- fling

import { writeFileSync } from 'node:fs';
import type { CDPSession, Page } from '@playwright/test';
import { expect, test, useHouse, type Person } from '../e2e/support/house.ts';

const MESSAGES = Number(process.env['PARLOR_MEASURE_MESSAGES'] ?? 20_000);
/** Where a profile is written, if one is to be made. */
const PROFILE = process.env['PARLOR_MEASURE_PROFILE'];
const SECONDS = Number(process.env['PARLOR_MEASURE_SECONDS'] ?? 10);
const STEP = 400;
/** How many are sent at the same time. */
const AT_ONCE = 40;

const house = useHouse();

test('fling', async ({ browser }) => {
  const [ada, bo] = [await house.owner(), await house.person('bo', 'Bo Diddley')];
  const room = await house.room(ada, 'Archive', [bo]);
  await fill([ada, bo], room.id);
  const page = await house.visit(browser, ada, '/r/archive');
  await expect(page.getByRole('article').last()).toBeVisible();
  await page.waitForTimeout(1500);
  const session = await page.context().newCDPSession(page);
  for (const direction of ['up', 'down', 'up again', 'down again']) {
    const begun = await begin(session);
    const frames = await fling(page, direction.startsWith('up') ? -STEP : STEP);
    const costs = await begun();
    report(direction, frames, costs);
  }
});

async function fill(people: readonly Person[], room: string): Promise<void> {
  for (let start = 0; start < MESSAGES; start += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, MESSAGES - start) }, (_, index) => {
        const number = start + index;
        const author = people[Math.floor(number / 7) % people.length];
        return author?.rest.sendMessage(room, { body: text(number) });
      }),
    );
  }
}

/** What people write: mostly a line, sometimes a paragraph, a list, a table, a quote or a block of code. */
function text(number: number): string {
  const line = `message ${number}, with **some** words and \`code\` in it`;
  if (number % 50 === 0) return `| a | b |\n|---|---|\n${`| ${number} | cell |\n`.repeat(5)}`;
  if (number % 20 === 0)
    return `\`\`\`rust\n${`fn main() { println!("${number}"); } // line\n`.repeat(8)}\`\`\``;
  if (number % 11 === 0) return `> ${line}\n\n- one\n- two https://example.org/${number}\n- three`;
  return number % 5 === 0 ? `${line}. `.repeat(8) : line;
}

/** The times between frames while it moves so far in each, in milliseconds. */
async function fling(page: Page, step: number): Promise<number[]> {
  return page.evaluate(
    ({ step, seconds }) =>
      new Promise<number[]>((resolve) => {
        const scroller = document.querySelector('[data-region="messages"] > div');
        const [frames, begun]: [number[], number] = [[], performance.now()];
        let last = begun;
        const move = (now: number): void => {
          frames.push(now - last);
          last = now;
          if (now - begun > seconds * 1000) resolve(frames.slice(1));
          else {
            if (scroller) scroller.scrollTop += step;
            requestAnimationFrame(move);
          }
        };
        requestAnimationFrame(move);
      }),
    { step, seconds: SECONDS },
  );
}

interface Profile {
  readonly nodes: readonly {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** What the browser says it has spent its time with, by name, in seconds. */
async function spent(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** Begins to count; what it returns ends that and tells what the time went to, in milliseconds. */
async function begin(session: CDPSession): Promise<() => Promise<[string, number][]>> {
  await session.send('Performance.enable');
  const before = await spent(session);
  const profiled = PROFILE === undefined ? null : await profile(session, PROFILE);
  return async () => {
    const after = await spent(session);
    const parts = ['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];
    const costs = parts.map((name): [string, number] => [
      name,
      ((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000,
    ]);
    return [...costs, ...((await profiled?.()) ?? [])];
  };
}

/** Samples which function runs, into a file; what it returns tells those with the most time of their own. It slows all down. */
async function profile(session: CDPSession, file: string): Promise<() => Promise<[string, number][]>> {
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 500 });
  await session.send('Profiler.start');
  return async () => {
    const { profile } = (await session.send('Profiler.stop')) as unknown as { profile: Profile };
    writeFileSync(file, JSON.stringify(profile));
    const names = new Map(
      profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName || '(anonymous)']),
    );
    const costs = new Map<string, number>();
    profile.samples.forEach((id, index) => {
      const name = names.get(id) ?? '?';
      costs.set(name, (costs.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
    });
    return [...costs].sort(([, one], [, other]) => other - one).slice(0, 12);
  };
}

function report(direction: string, frames: readonly number[], costs: readonly [string, number][]): void {
  const sorted = [...frames].sort((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const late = frames.filter((frame) => frame > 20).length;
  console.log(
    `${direction}: ${frames.length} frames, p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} ms, longest ${at(0.9999)} ms, ${late} over 20 ms`,
  );
  console.log(
    costs.map(([name, milliseconds]) => `  ${milliseconds.toFixed(0).padStart(6)} ms  ${name}`).join('\n'),
  );
}
