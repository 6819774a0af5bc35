// Shows and hides the questions of a sheet while it is filled in. The server decides again when the form is sent;
// without this script it shows newly needed questions then.
//
// A part with data-hide holds a condition as a tree (see forms/conditions.py). Like the language it comes from, the
// condition has three values: true, false, and null for what cannot be told. A part hides only when it is true.

/** The value of a condition tree. valueOf: gives the answer to a field by its name, null if there is none. */
export function evaluate([kind, ...operands], valueOf) {
  if (kind === 'name') return valueOf(operands[0]);
  if (kind === 'value') return operands[0];
  const values = operands.map((operand) => evaluate(operand, valueOf));
  if (kind === 'list') return values;
  if (kind === 'and') return values.includes(false) ? false : allBoolean(values) ? true : null;
  if (kind === 'or') return values.includes(true) ? true : allBoolean(values) ? false : null;
  if (kind === 'not') return typeof values[0] === 'boolean' ? !values[0] : null;
  if (kind === 'contains') return Array.isArray(values[0]) ? isIn(values[1], values[0]) : null;
  if (kind === 'in') return isIn(values[0], values[1]);
  if (kind === '=') return isSame(values[0], values[1]);
  if (kind === '!=') return opposite(isSame(values[0], values[1]));
  return compare(kind, values[0], values[1]);
}

const allBoolean = (values) => values.every((value) => typeof value === 'boolean');
const opposite = (value) => (value === null ? null : !value);

const alone = (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** Equality as `=` has it: a list of one item may stand for the item. */
const isSame = (left, right) => isEqual(left, right) ?? isEqual(alone(left), alone(right));

function isEqual(left, right) {
  if (left === null || right === null) return left === right;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, place) => isEqual(item, right[place]));
  }
  return typeof left === typeof right ? left === right : null;
}

function isIn(value, among) {
  return Array.isArray(among) ? among.some((item) => isEqual(value, item) === true) : isEqual(value, among);
}

function compare(operator, left, right) {
  if (typeof left !== typeof right || !['number', 'string'].includes(typeof left)) return null;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  if (operator === '>') return left > right;
  return left >= right;
}

/** A number as people write it: spaces between thousands, a comma or a point before decimals; null if unclear. */
export function readNumber(text, language) {
  const plain = text.replace(/[\s'’]/g, '').replace('−', '-');
  const [group, other] = language === 'pl' ? ['.', ','] : [',', '.'];
  if (new RegExp(`^[+-]?[1-9]\\d{0,2}\\${group}\\d{3}$`).test(plain)) return null;
  let number = plain;
  for (const [point, thousands] of [[other, group], [group, other]]) {
    if (new RegExp(`^[+-]?\\d{1,3}(\\${thousands}\\d{3})+\\${point}\\d+$`).test(plain)) number = plain.replaceAll(thousands, '');
  }
  number = number.replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(number) ? Number(number) : null;
}

/** What is answered in a field at the moment, as the server would read it. */
function answer(field, language) {
  const { kind } = field.dataset;
  const inputs = [...field.querySelectorAll('input:not([type=hidden]), select, textarea')];
  if (kind === 'checkbox') return inputs[0].checked;
  if (kind === 'checklist') return inputs.filter((input) => input.checked).map((input) => input.value);
  if (kind === 'radio') return inputs.find((input) => input.checked)?.value ?? null;
  const text = inputs.at(-1)?.value.trim() ?? '';
  if (text === '') return null;
  return kind === 'number' ? readNumber(text, language) : text;
}

/** Hide and show until nothing changes: a hidden question has no answer, which may show or hide others. */
function settle(sheet) {
  const fields = new Map([...sheet.querySelectorAll('[data-name]')].map((field) => [field.dataset.name, field]));
  const parts = [...sheet.querySelectorAll('[data-hide]')];
  const trees = parts.map((part) => JSON.parse(part.dataset.hide));
  let hidden = new Set();
  const isOff = (element) => parts.some((part) => hidden.has(part) && part.contains(element));
  const valueOf = (name) => {
    const field = fields.get(name);
    return !field || isOff(field) ? null : answer(field, sheet.dataset.language);
  };
  for (let round = 0; round <= parts.length; round += 1) {
    const now = new Set(parts.filter((part, place) => evaluate(trees[place], valueOf) === true));
    const isSame = now.size === hidden.size && [...now].every((part) => hidden.has(part));
    hidden = now;
    if (isSame) break;
  }
  for (const part of parts) part.hidden = hidden.has(part);
  for (const input of sheet.querySelectorAll('[data-hide] input, [data-hide] select, [data-hide] textarea')) {
    input.disabled = isOff(input);
  }
}

/** Follow every sheet on the page. */
export function start(page) {
  for (const sheet of page.querySelectorAll('[data-conditions]')) {
    sheet.addEventListener('input', () => settle(sheet));
    sheet.addEventListener('change', () => settle(sheet));
    settle(sheet);
  }
}

if (typeof document !== 'undefined') start(document);
