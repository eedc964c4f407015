// The words of what is loaded beside the entry script, in the language that is shown.

import { isolating } from './direction.ts';
import { enLater } from './en-later.ts';
import type { Widened } from './index.ts';

/** What every language has to bring beside its `Catalogue`. */
export type LaterCatalogue = Widened<typeof enLater>;

export const later: LaterCatalogue = isolating<LaterCatalogue>(enLater);
