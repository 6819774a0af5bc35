// Articles beside a form: asked for anew when the person pauses while typing. Without script those of the classification
// stand there from the beginning, and the page before sending shows them again.

import { afterTyping, asker, bodyOf } from './asking.js';

const PAUSE = 700; // milliseconds without typing
const LEAST = 12; // letters; fewer say nothing

export function suggestArticles(root) {
  const box = root.querySelector('[data-suggest]');
  const form = box?.closest('form');
  if (!form) return;
  const here = box.querySelector('[data-suggest-here]');
  const said = form.querySelector('[data-suggest-said]');
  // Under the words that they answer, where they are seen in time.
  form.querySelector('textarea')?.closest('.field')?.after(box);

  const desk = asker();
  let last = '';
  afterTyping(form, PAUSE, async () => {
    const text = [...form.querySelectorAll('textarea, input[type="text"], input:not([type])')]
      .map((control) => control.value.trim()).filter((value) => value.includes(' ')).join('\n');
    // An opened article is being read: nothing moves under the reader.
    if (text.length < LEAST || text === last || here.querySelector('details[open]')) return;
    last = text;
    const body = bodyOf(form, { classification: box.dataset.classification, text: text.slice(0, 2000) });
    const piece = await desk.ask(box.dataset.suggest, { method: 'POST', body });
    // Asked anew, or no connection: what stands there stays.
    if (typeof piece !== 'string') return;
    here.innerHTML = piece; // our own server's, escaped there
    const count = here.querySelectorAll('details').length;
    box.hidden = count === 0;
    if (said) said.textContent = count ? said.dataset.one.replace('{count}', String(count)) : '';
  });
}
