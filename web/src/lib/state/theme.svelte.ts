// Daylight, lamplight, or what the system says. `public/theme.js` reads the same key before the first paint.

export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'parlor.theme';

export class Theme {
  #choice = $state<ThemeChoice>(stored());

  get choice(): ThemeChoice {
    return this.#choice;
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    const { dataset } = document.documentElement;
    if (choice === 'system') delete dataset['theme'];
    else dataset['theme'] = choice;
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // It holds until the page is closed.
    }
  }
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}
