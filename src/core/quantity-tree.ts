/**
 * What an expression in a quantity may consist of. mathjs reads a whole language with matrices, strings and functions of
 * any cost; here a file by a stranger is evaluated, so its tree is walked first and holds numbers, units, the four operations,
 * powers and functions of numbers alone. All of these take no time to speak of.
 */

/** The parts of mathjs' syntax tree that are looked at. */
export interface QuantityNode {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: string;
  readonly fn?: string | { readonly name?: string };
  readonly args?: readonly QuantityNode[];
  readonly content?: QuantityNode;
  evaluate(): unknown;
}

const OPERATIONS = new Set(['add', 'subtract', 'multiply', 'divide', 'pow', 'unaryMinus', 'unaryPlus']);
const FUNCTIONS = new Set(
  'sqrt cbrt sin cos tan asin acos atan atan2 exp log log10 log2 abs min max round floor ceil'.split(' '),
);
const CONSTANTS = new Set(['pi', 'tau', 'e', 'Infinity', 'NaN']);
/** Parentheses, powers and functions within one another. */
const MAX_DEPTH = 40;
const MAX_EXPONENT = 1000;

/**
 * Throws an Error that says what does not belong into a quantity, and where in `text` it stands, counted from 1.
 *
 * @param isUnit whether a name is a unit.
 */
export function checkQuantityTree(
  tree: QuantityNode,
  text: string,
  isUnit: (name: string) => boolean,
  depth = 0,
): void {
  const refuse = (what: string, mark: string) => {
    const at = text.indexOf(mark);
    throw new Error(at < 0 ? what : `${what} at character ${at + 1}`);
  };
  if (depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
  const inner = (node: QuantityNode) => checkQuantityTree(node, text, isUnit, depth + 1);
  switch (tree.type) {
    case 'ConstantNode':
      if (typeof tree.value !== 'number') refuse(`${String(tree.value)} is no number`, String(tree.value));
      return;
    case 'SymbolNode':
      // To the evaluator 'min' is the function, and no minute.
      if (FUNCTIONS.has(tree.name!)) refuse(`'${tree.name}' is a function, not a unit`, tree.name!);
      if (!CONSTANTS.has(tree.name!) && !isUnit(tree.name!))
        refuse(`there is no unit '${tree.name}'`, tree.name!);
      return;
    case 'ParenthesisNode':
      inner(tree.content!);
      return;
    case 'OperatorNode': {
      const name = String(tree.fn);
      if (!OPERATIONS.has(name)) refuse(`'${name}' does not belong into a quantity`, SIGNS[name] ?? name);
      tree.args!.forEach(inner);
      if (name === 'pow') requireSmallExponent(tree.args![1]!);
      return;
    }
    case 'FunctionNode': {
      const name = typeof tree.fn === 'object' ? (tree.fn.name ?? '') : '';
      if (!FUNCTIONS.has(name)) refuse(`the function '${name}' does not belong into a quantity`, name);
      tree.args!.forEach(inner);
      return;
    }
    default: {
      const [what, mark] = KINDS[tree.type] ?? ['this', text.trim()];
      refuse(`${what} does not belong into a quantity`, mark);
    }
  }
}

/** How operations are written that are not allowed. */
const SIGNS: Readonly<Record<string, string>> = { factorial: '!', to: ' to ', mod: '%', ctranspose: "'" };

/** What else mathjs reads, in words, and by which sign it is found. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  ArrayNode: ['a list', '['],
  ObjectNode: ['an object', '{'],
  RangeNode: ['a range', ':'],
  AccessorNode: ['a part of something', '.'],
  IndexNode: ['an index', '['],
  AssignmentNode: ['an assignment', '='],
  FunctionAssignmentNode: ['a definition', '='],
  BlockNode: ['a second expression', ';'],
  ConditionalNode: ['a condition', '?'],
  RelationalNode: ['a comparison', '<'],
};

/** Checked already, so it may be evaluated. */
function requireSmallExponent(exponent: QuantityNode): void {
  const value = exponent.evaluate();
  if (typeof value === 'number' && Math.abs(value) <= MAX_EXPONENT) return;
  throw new Error(`an exponent must be a number from -${MAX_EXPONENT} to ${MAX_EXPONENT}`);
}
