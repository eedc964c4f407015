// What the colours of a language go by: how comments and texts begin and end, and which words are its own. Each pattern
// takes what it has begun, to the end of the line or of the code if need be, and never goes back: so the cost is linear in
// the length, whatever somebody writes.

export interface Language {
  /** Patterns of comments. */
  readonly comments: readonly string[];
  /** Patterns of texts. */
  readonly strings: readonly string[];
  readonly keywords: ReadonlySet<string>;
  /** True where `select` is as good as `SELECT`. */
  readonly ignoresCase?: boolean;
  /** What makes the word before it a key. */
  readonly keyEnd?: RegExp;
}

const SLASHES = '//[^\\n]*';
const BLOCK = '/\\*[^]*?(?:\\*/|$)';
const HASH = '#[^\\n]*';
const DASHES = '--[^\\n]*';
const DOUBLE = '"(?:[^"\\\\\\n]|\\\\[^])*"?';
const SINGLE = "'(?:[^'\\\\\\n]|\\\\[^])*'?";
/** One character: where a quote may also stand alone, as in a lifetime. */
const CHARACTER = "'(?:[^'\\\\\\n]|\\\\[^\\n]{1,9})'";
const BACKTICK = '`(?:[^`\\\\]|\\\\[^])*`?';
const TRIPLE = '"""[^]*?(?:"""|$)';
const TRIPLE_SINGLE = "'''[^]*?(?:'''|$)";

const words = (...lists: string[]): ReadonlySet<string> => new Set(lists.join(' ').split(' '));
const FLOW = 'if else for while do break continue return switch case default';
const CLASSES =
  'class interface enum extends implements new this super public private protected static final abstract';
const TRY = 'try catch finally throw throws';
const JS = `${FLOW} ${CLASSES} ${TRY} async await const let var function import export from as of in typeof instanceof void delete yield get set`;

const braces = (keywords: string, ...strings: string[]): Language => ({
  comments: [SLASHES, BLOCK],
  strings: strings.length > 0 ? strings : [DOUBLE, CHARACTER],
  keywords: words(keywords),
});
const hashes = (keywords: string, ...strings: string[]): Language => ({
  comments: [HASH],
  strings: strings.length > 0 ? strings : [DOUBLE, SINGLE],
  keywords: words(keywords),
});

const javascript = braces(JS, DOUBLE, SINGLE, BACKTICK);
const typescript = braces(
  `${JS} type readonly declare namespace keyof infer is satisfies never unknown any string number boolean`,
  DOUBLE,
  SINGLE,
  BACKTICK,
);
const c = braces(
  `${FLOW} goto sizeof typedef struct union enum static extern const volatile inline unsigned signed int char long short float double void bool auto`,
);
const cpp = braces(
  `${FLOW} ${CLASSES} ${TRY} goto sizeof typedef struct union extern const constexpr volatile inline virtual override template typename namespace using operator unsigned signed int char long short float double void bool auto noexcept`,
);
const shell = hashes(
  'if then else elif fi for in do done while until case esac function return export local readonly set unset source cd echo exit sudo',
);
const keyed: Language = { ...hashes('true false null yes no on off'), keyEnd: /[ \t]{0,8}[:=]/y };
const css: Language = {
  comments: [BLOCK, SLASHES],
  strings: [DOUBLE, SINGLE],
  keywords: words('important media supports import keyframes layer container font-face from to and not only'),
  keyEnd: /[ \t]{0,8}:/y,
};
const markup: Language = {
  comments: ['<!--[^]*?(?:-->|$)'],
  strings: [DOUBLE, SINGLE],
  keywords: words(''),
  keyEnd: /[ \t]{0,8}=/y,
};

const table: readonly (readonly [string, Language])[] = [
  ['javascript js jsx mjs cjs node', javascript],
  ['typescript ts tsx svelte vue', typescript],
  ['c h', c],
  ['cpp c++ cc hpp arduino', cpp],
  [
    'rust rs',
    braces(
      'as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait type unsafe use where while',
      DOUBLE,
      CHARACTER,
    ),
  ],
  [
    'go golang',
    braces(
      `${FLOW} chan const defer fallthrough func go goto import interface map package range select struct type var`,
      DOUBLE,
      CHARACTER,
      BACKTICK,
    ),
  ],
  [
    'java groovy',
    braces(
      `${FLOW} ${CLASSES} ${TRY} import package instanceof void int long short byte char float double boolean var record sealed`,
    ),
  ],
  [
    'kotlin kt kts',
    braces(
      `${FLOW} ${TRY} fun val var when object class interface data sealed companion override open private public internal import package in is as null this super suspend`,
      TRIPLE,
      DOUBLE,
      CHARACTER,
    ),
  ],
  [
    'csharp cs c#',
    braces(
      `${FLOW} ${CLASSES} ${TRY} using namespace foreach in is as out ref var void int long string bool double decimal object async await record struct readonly override virtual get set`,
    ),
  ],
  [
    'swift',
    braces(
      `${FLOW} ${TRY} func let var guard in is as struct class enum protocol extension import init deinit self super where async await private public internal static mutating throws`,
      TRIPLE,
      DOUBLE,
    ),
  ],
  ['dart', braces(`${JS} final late required mixin void int double bool dynamic`, DOUBLE, SINGLE)],
  [
    'scala',
    braces(
      `${FLOW} ${TRY} def val var object trait class extends with import package match given using then yield new this super override implicit lazy`,
      TRIPLE,
      DOUBLE,
    ),
  ],
  [
    'php',
    {
      ...braces(
        `${FLOW} ${CLASSES} ${TRY} echo function fn foreach as use namespace require include match global array null`,
        DOUBLE,
        SINGLE,
      ),
      comments: [SLASHES, BLOCK, HASH],
    },
  ],
  [
    'zig',
    braces(
      `${FLOW} const var fn pub comptime try catch errdefer defer struct enum union error orelse inline export extern test`,
      DOUBLE,
      CHARACTER,
    ),
  ],
  [
    'python py',
    hashes(
      'and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield self',
      TRIPLE,
      TRIPLE_SINGLE,
      DOUBLE,
      SINGLE,
    ),
  ],
  [
    'ruby rb',
    hashes(
      'alias and begin break case class def defined do else elsif end ensure for if in module next not or redo rescue retry return self super then unless until when while yield require attr_reader attr_accessor',
    ),
  ],
  [
    'elixir ex exs',
    hashes(
      'def defp defmodule do end fn case cond if else unless when with for import alias use require raise rescue',
      TRIPLE,
      DOUBLE,
    ),
  ],
  ['bash sh shell zsh console fish', shell],
  [
    'dockerfile docker',
    hashes('FROM RUN CMD COPY ADD ENV ARG EXPOSE ENTRYPOINT WORKDIR USER VOLUME LABEL AS'),
  ],
  ['makefile make', hashes('ifeq ifneq ifdef endif else include define endef export PHONY')],
  ['nginx nix', hashes('server location listen proxy_pass root return if include let in with rec inherit')],
  ['r perl pl', hashes(`${FLOW} function repeat next my our sub use foreach unless last`)],
  ['yaml yml toml ini conf properties env', keyed],
  ['json json5 jsonc', { ...braces('true false null', DOUBLE), keyEnd: /[ \t]{0,8}:/y }],
  ['css scss less', css],
  ['html xml svg xhtml', markup],
  [
    'sql postgresql sqlite mysql',
    {
      comments: [DASHES, BLOCK],
      strings: [SINGLE, DOUBLE],
      ignoresCase: true,
      keywords: words(
        'select from where and or not null insert into values update set delete create table index view drop alter add primary key foreign references unique join left right inner outer on as order by group having limit offset union all distinct case when then else end begin commit rollback with returning conflict do nothing in is like between exists',
      ),
    },
  ],
  [
    'lua',
    {
      comments: ['--\\[\\[[^]*?(?:\\]\\]|$)', DASHES],
      strings: [DOUBLE, SINGLE],
      keywords: words(
        'and break do else elseif end for function goto if in local nil not or repeat return then until while',
      ),
    },
  ],
  [
    'haskell hs elm',
    {
      comments: ['\\{-[^]*?(?:-\\}|$)', DASHES],
      strings: [DOUBLE, CHARACTER],
      keywords: words(
        'case class data deriving do else if import in infix instance let module newtype of then type where',
      ),
    },
  ],
];

const byName = new Map(
  table.flatMap(([names, language]) => names.split(' ').map((name) => [name, language])),
);

export function languageOf(name: string): Language | undefined {
  return byName.get(name);
}
