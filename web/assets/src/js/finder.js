// form[data-finder]: what the search finds appears under the field while one is typing. The address in data-finder gives
// a piece of a page. Without script, or when the desk does not answer, the form is simply sent.

import { afterTyping, asker } from './asking.js';

const PAUSE = 180; // milliseconds without typing before the desk is asked
const LEAST = 2; // letters

export function findWhileTyping(root) {
  for (const form of root.querySelectorAll('form[data-finder]')) attach(form);
}

function attach(form) {
  const input = form.querySelector('input[type="search"]');
  const found = form.querySelector('[data-finder-found]');
  if (!input || !found) return;

  const spoken = Object.assign(document.createElement('span'), { className: 'visually-hidden' });
  spoken.setAttribute('role', 'status');
  form.append(spoken);

  const desk = asker();
  let shown = '';

  const close = () => {
    desk.stop();
    found.hidden = true;
    shown = '';
    spoken.textContent = '';
  };

  const ask = async () => {
    const wanted = input.value.trim();
    if (wanted.length < LEAST) return close();
    if (wanted === shown && !found.hidden) return;
    const address = new URL(form.dataset.finder, location.href);
    address.searchParams.set('q', wanted);
    const answer = await desk.ask(address, { headers: { Accept: 'text/html' } });
    if (answer === null) return close();
    if (answer === undefined) return;
    // Our own page, escaped by the desk; parsed apart, so that nothing in it runs.
    const piece = new DOMParser().parseFromString(answer, 'text/html');
    found.replaceChildren(...piece.body.childNodes);
    found.hidden = false;
    shown = wanted;
    const count = links().length;
    spoken.textContent = count ? form.dataset.some.replace('{count}', String(count)) : form.dataset.nothing;
  };

  const links = () => [...found.querySelectorAll('a[href]')];

  afterTyping(input, PAUSE, ask);
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !found.hidden) {
      close();
      input.focus();
      event.preventDefault();
    }
    if ((event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || found.hidden) return;
    const all = [input, ...links()];
    const here = all.indexOf(document.activeElement);
    const next = all[here + (event.key === 'ArrowDown' ? 1 : -1)];
    if (here === -1 || !next) return;
    next.focus();
    event.preventDefault();
  });
}
