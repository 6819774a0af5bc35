// Evaluates expressions with feelin, the interpreter of the browser's form editor: JSON in, JSON out.
import { readFileSync } from 'node:fs';
import { evaluate, unaryTest } from 'feelin';

const { context, cases } = JSON.parse(readFileSync(0, 'utf8'));

function shown(value) {
  if (value === null || value === undefined || typeof value === 'function') return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? { number: value } : null;
  if (Array.isArray(value)) return value.map(shown);
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
  }
  if ('start' in value && 'end' in value) {
    return { range: [shown(value.start), shown(value.end), value['start included'], value['end included']] };
  }
  return { temporal: String(value) };
}

function outcome({ expression, test, tested }) {
  try {
    if (test) return shown(unaryTest(test, { ...context, '?': tested === null ? null : evaluate(tested).value }).value ?? null);
    return shown(evaluate(expression, context).value);
  } catch (error) {
    return { error: String(error.message).slice(0, 80) };
  }
}

console.log(JSON.stringify(cases.map(outcome)));
