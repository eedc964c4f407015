// The browser's storage, which may be full or forbidden: then nothing is kept, and nothing breaks.

export function readStored<Value>(key: string, isValid: (value: unknown) => value is Value): Value | null {
  return read(storageOf('localStorage'), key, isValid);
}

export function writeStored(key: string, value: unknown): void {
  write(storageOf('localStorage'), key, value);
}

/**
 * How a value is kept: `lasting` in the browser; `passing` as long as the tab is there, where the browser's storage is full
 * but the tab's own is not; `none` in memory alone.
 */
export type Keeping = 'lasting' | 'passing' | 'none';

/** Keeps a value as long as can be had. */
export function keep(key: string, value: unknown): Keeping {
  const [lasting, passing] = [storageOf('localStorage'), storageOf('sessionStorage')];
  if (write(lasting, key, value)) {
    write(passing, key, null);
    return 'lasting';
  }
  return write(passing, key, value) ? 'passing' : 'none';
}

/** What was kept under a key. What the tab has is what found no place in the browser, and thus newer. */
export function kept<Value>(
  key: string,
  isValid: (value: unknown) => value is Value,
): { piece: Value | null; keeping: Keeping } {
  const passing = read(storageOf('sessionStorage'), key, isValid);
  return passing === null
    ? { piece: readStored(key, isValid), keeping: 'lasting' }
    : { piece: passing, keeping: 'passing' };
}

/** The ends of the keys that begin like this. */
export function keptNames(prefix: string): string[] {
  const keys = [storageOf('localStorage'), storageOf('sessionStorage')].flatMap((storage) =>
    Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? ''),
  );
  const names = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return [...new Set(names)];
}

function storageOf(kind: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return globalThis[kind];
  } catch {
    return null;
  }
}

function read<Value>(
  storage: Storage | null,
  key: string,
  isValid: (value: unknown) => value is Value,
): Value | null {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? 'null');
    return isValid(value) ? value : null;
  } catch {
    return null;
  }
}

function write(storage: Storage | null, key: string, value: unknown): boolean {
  try {
    if (value === null) storage?.removeItem(key);
    else storage?.setItem(key, JSON.stringify(value));
    return storage !== null;
  } catch {
    // It is still in memory.
    return false;
  }
}

export function isRecordOf<Value>(
  isEntry: (entry: unknown) => entry is Value,
): (value: unknown) => value is Record<string, Value> {
  return (value): value is Record<string, Value> =>
    typeof value === 'object' && value !== null && Object.values(value).every(isEntry);
}

export function isListOf<Value>(
  isEntry: (entry: unknown) => entry is Value,
): (value: unknown) => value is Value[] {
  return (value): value is Value[] => Array.isArray(value) && value.every(isEntry);
}

export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isString = (value: unknown): value is string => typeof value === 'string';
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
