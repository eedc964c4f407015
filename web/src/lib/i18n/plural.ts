// Plural forms by the language's own rules.

/** The forms of a text with a number in it; `#` stands for the number. Languages use the forms that they have. */
export type Forms = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** A function that picks the form for a number and puts the number in, written as the language writes numbers. */
export function plurals(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll('#', numbers.format(count));
}
